# bash completion for unixport(1)                          -*- shell-script -*-
# SPDX-License-Identifier: BSD-2-Clause

# Subcommands, arguments and options are read from --help, so that they are
# always those of the command that is on the line.
_unixport_help()
{
	"${words[0]/#\~\//$HOME/}" "$@" --help 2>/dev/null
}

# Whether the value of option $1 is the next word: -1w and --wait, not -w3.
_unixport_needs_value()
{
	local i
	[[ $1 != --* ]] || { [[ ${values[$1]-} ]]; return; }
	for ((i = 1; i < ${#1}; i++)); do
		[[ ! ${values[-${1:i:1}]-} ]] || break
	done
	((i + 1 == ${#1}))
}

# Sockets, and directories, which may lead to sockets.
_unixport_address()
{
	local file path mark='' breaks=${COMP_WORDBREAKS//[!:=@]/}
	[[ $cur != unix:* ]] || mark=unix:
	while IFS= read -r file; do
		path=$file
		[[ $mark ]] || path=${file/#\~\//$HOME/}
		[[ ! -S $path && ! -d $path ]] || COMPREPLY+=("$mark$file")
	done < <(compgen -f -- "${cur#"$mark"}")
	if ((${#COMPREPLY[@]} > 0)); then
		compopt -o filenames
	elif [[ $cur = [a-z]* ]]; then
		[[ ${words[1]} != listen ]] || mark=systemd:
		COMPREPLY=($(compgen -W "unix: fd: $mark" -- "$cur"))
		compopt -o nospace
	fi
	# readline replaces only the text after the last of its word breaks.
	[[ ! $breaks || $cur != *["$breaks"]* ]] ||
	    COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*["$breaks"]}"}"}")
}

# The words from number $1 are completed as a command line of their own.
_unixport_command()
{
	local word part=0
	declare -F _comp_command_offset >/dev/null &&
	    { _comp_command_offset "$1"; return; }
	# Before 2.12, the number is that in COMP_WORDS, also split at : and @.
	for word in "${words[@]:0:$1}"; do
		for (( ; ${#word} > 0 && part < COMP_CWORD; part++)); do
			word=${word#"${COMP_WORDS[part]}"}
		done
	done
	_command_offset $part
}

_unixport()
{
	local cur prev words cword split='' was_split='' comp_args
	local line usage='' kinds kind first=2 i
	local -A values=()
	if declare -F _comp_initialize >/dev/null; then
		_comp_initialize -s -n :@ -- "$@" || return
	else
		_init_completion -s -n :@ || return
	fi
	if ((cword == 1)); then
		COMPREPLY=($(compgen -W "--help --version $(_unixport_help |
		    sed -n 's/^[u ].* unixport \([a-z]*\) .*/\1/p')" -- "$cur"))
		return
	fi
	while IFS= read -r line; do
		[[ $line != 'usage: '* ]] || usage=$line
		[[ $line =~ ^\ \ (\ {4}|(-.),\ )(--[a-z-]+)(=([A-Z]+))?(\ |$) ]] ||
		    continue
		for i in "${BASH_REMATCH[@]:2:2}"; do
			[[ ! $i ]] || values[$i]=${BASH_REMATCH[5]}
		done
	done < <(_unixport_help "${words[1]}")
	while ((first < cword)) && [[ ${words[first]} = -?* ]]; do
		! _unixport_needs_value "${words[first]}" || ((first++))
		[[ ${words[first++]} != -- ]] || break
	done
	if ((first > cword)) ||
	    [[ $split$was_split = @(true|set) && first -eq cword ]]; then
		[[ $prev = --* ]] || prev=-${prev: -1}
		case ${values[$prev]-} in
		GROUP) COMPREPLY=($(compgen -g -- "$cur")) ;;
		OWNER|USER) COMPREPLY=($(compgen -u -- "$cur")) ;;
		esac
		return
	elif ((first == cword)) && [[ $cur = -* && $prev != -- ]]; then
		COMPREPLY=($(compgen -W "${!values[*]}" -- "$cur"))
		return
	fi
	read -r -a kinds <<<"${usage#* unixport * }"
	for kind in "${kinds[@]}"; do
		if [[ $kind = *COMMAND* ]]; then
			for ((i = first; i < cword; i++)); do
				[[ ${words[i]} != -- || $usage != *' -- '* ]] || break
			done
			_unixport_command $((i < cword ? i + 1 : first))
			return
		elif [[ $kind = *ADDRESS* ]] && ((first++ == cword)); then
			_unixport_address
			return
		fi
	done
} && complete -F _unixport unixport
