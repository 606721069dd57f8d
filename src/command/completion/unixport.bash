# bash completion for unixport(1)                          -*- shell-script -*-
# SPDX-License-Identifier: BSD-2-Clause

# The words up to the cursor, put together again: bash cuts at :, @ and =.
_unixport_words()
{
	local i part blanks rest=$COMP_LINE
	words=() last=-1
	for ((i = 0; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		blanks=${rest%%[![:blank:]]*}
		rest=${rest#"$blanks"}
		rest=${rest#"$part"}
		if ((i > 0 && ${#blanks} == 0)) &&
		    [[ ${words[last]} = *[:@=] || $part = [:@=]* ]]; then
			words[last]+=$part
		else
			words[++last]=$part
		fi
	done
}

# Where the words after the options begin: the index of ADDRESS or COMMAND.
_unixport_first()
{
	local i
	for ((i = 2; i < last; i++)); do
		case ${words[i]} in
		--) echo $((i + 1)); return ;;
		-[vw1bmgocCxqt]) [[ $1 = *${words[i]#-}:* ]] && ((i++)) ;;
		-*) ;;
		*) break ;;
		esac
	done
	echo "$i"
}

# Sockets and the directories that may lead to more; the marks where no file
# begins so, or their colons would be quoted as those of files are.
_unixport_addresses()
{
	local path file mark= before= breaks=${COMP_WORDBREAKS//[!:@=]/}
	[[ $1 != unix:* ]] || mark=unix:
	while IFS= read -r path; do
		file=$path
		[[ -n $mark ]] || file=${path/#\~\//$HOME/}
		if [[ -S $file ]]; then
			COMPREPLY+=("$mark$path")
		elif [[ -d $file ]]; then
			COMPREPLY+=("$mark$path/")
			compopt -o nospace 2>/dev/null
		fi
	done < <(compgen -f -- "${1#"$mark"}")
	if [[ ${#COMPREPLY[@]} != 0 ]]; then
		compopt -o filenames 2>/dev/null
	elif [[ $1 = [a-z]* && $1 != *:* ]]; then
		COMPREPLY=($(compgen -W "$2" -- "$1"))
		compopt -o nospace 2>/dev/null
	fi
	# What is before the last cut stands there already.
	[[ -z $breaks || $1 != *["$breaks"]* ]] ||
	    before=${1%"${1##*["$breaks"]}"}
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
}

_unixport()
{
	local words last
	_unixport_words
	local word=${words[last]} before=${words[last-1]}
	local part=${COMP_WORDS[COMP_CWORD]##[:@=]*}
	local options marks='unix: fd:' first letters
	COMPREPLY=()
	if ((last == 1)); then
		COMPREPLY=($(compgen -W \
		    'connect listen pair probe selftest --help --version' \
		    -- "$word"))
		return
	fi
	case ${words[1]} in
	connect) options='-v -w --help' letters='w:' ;;
	listen) options='-1 -b -c -C -g -k -m -o -p -v -x --pidfd --help' letters='b:c:C:g:m:o:x:'
		marks+=' systemd:' ;;
	pair|probe) options='--help' letters= ;;
	selftest) options='-q -t --help' letters='t:' ;;
	*) return ;;
	esac
	first=$(_unixport_first "$letters")
	if ((last < first)); then
		[[ $before = -g ]] && COMPREPLY=($(compgen -g -- "$word"))
		[[ $before = -o ]] && COMPREPLY=($(compgen -u -- "$word"))
	elif ((last == first)) && [[ $word = -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$word"))
	elif [[ ${words[1]} = selftest ]]; then
		return
	elif [[ ${words[1]} = pair ]]; then
		if ((last == first)) || [[ $before = -- ]]; then
			COMPREPLY=($(compgen -c -- "$word"))
		else
			COMPREPLY=($(compgen -f -- "$part"))
		fi
	elif ((last == first)); then
		_unixport_addresses "$word" "$marks"
	elif [[ ${words[1]} = probe ]]; then
		return
	elif ((last == first + 1)); then
		COMPREPLY=($(compgen -c -- "$word"))
	else
		COMPREPLY=($(compgen -f -- "$part"))
	fi
}

complete -F _unixport unixport
