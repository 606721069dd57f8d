# bash completion for unixport(1)                          -*- shell-script -*-
# SPDX-License-Identifier: BSD-2-Clause

# Where the words after the options begin: the index of ADDRESS or COMMAND.
_unixport_first()
{
	local i
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) echo $((i + 1)); return ;;
		-[vw1mgcCqt]) [[ $1 = *${COMP_WORDS[i]#-}:* ]] && ((i++)) ;;
		-*) ;;
		*) break ;;
		esac
	done
	echo "$i"
}

# Sockets and the directories that may lead to more; then the marks.
_unixport_addresses()
{
	local path
	COMPREPLY=()
	while IFS= read -r path; do
		if [[ -S $path ]]; then
			COMPREPLY+=("$path")
		elif [[ -d $path ]]; then
			COMPREPLY+=("$path/")
			compopt -o nospace 2>/dev/null
		fi
	done < <(compgen -f -- "$1")
	# A word with a colon is cut at it: what is before is there already.
	((COMP_CWORD > 1)) && [[ $1 = [a-z]* ]] &&
	    COMPREPLY+=($(compgen -W "$2" -- "$1"))
	compopt -o filenames 2>/dev/null
}

_unixport_bench()
{
	case $2 in
	-s|--svg) COMPREPLY=($(compgen -f -- "$1")) ;;
	-n|--rounds|-t) ;;
	*) [[ $1 = -* ]] && COMPREPLY=($(compgen -W '-j --json -n --rounds
		-s --svg -t --help' -- "$1")) ;;
	esac
}

_unixport()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	local options marks='unix: fd:' first letters
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W \
		    'bench connect listen pair probe selftest --help --version' \
		    -- "$word"))
		return
	fi
	case ${COMP_WORDS[1]} in
	bench) _unixport_bench "$word" "$before"
		return ;;
	connect) options='-v -w --help' letters='w:' ;;
	listen) options='-1 -c -C -g -m --help' letters='c:C:g:m:'
		marks+=' systemd:' ;;
	pair|probe) options='--help' letters= ;;
	selftest) options='-q -t --help' letters='t:' ;;
	*) return ;;
	esac
	first=$(_unixport_first "$letters")
	if ((COMP_CWORD < first)); then
		[[ $before = -g ]] && COMPREPLY=($(compgen -g -- "$word"))
	elif ((COMP_CWORD == first)) && [[ $word = -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$word"))
	elif [[ ${COMP_WORDS[1]} = selftest ]]; then
		return
	elif [[ ${COMP_WORDS[1]} = pair ]]; then
		if ((COMP_CWORD == first)) || [[ $before = -- ]]; then
			COMPREPLY=($(compgen -c -- "$word"))
		else
			COMPREPLY=($(compgen -f -- "$word"))
		fi
	elif ((COMP_CWORD == first)); then
		_unixport_addresses "$word" "$marks"
	elif [[ ${COMP_WORDS[1]} = probe ]]; then
		return
	elif ((COMP_CWORD == first + 1)); then
		COMPREPLY=($(compgen -c -- "$word"))
	else
		COMPREPLY=($(compgen -f -- "$word"))
	fi
}

complete -F _unixport unixport
