# fish completion for unixport(1)
# SPDX-License-Identifier: BSD-2-Clause
# Subcommands, arguments and options are read from --help when fish loads this
# file, so that they are those of the installed command.

# The words after the options.  $__unixport_values has, for each subcommand, an
# expression for options whose value is the next word: -1w, --wait, not -w3.
function __unixport_arguments
    set -l words (commandline -opc)
    set -l expression (string replace -f "$words[2] " '' -- $__unixport_values)
    set -e words[1..2]
    while string match -q -- '-?*' $words[1]
        if test $words[1] = --
            set -e words[1]
            break
        end
        string match -qr -- $expression $words[1]; and set -e words[1]
        set -e words[1]
    end
    string escape -- $words
end

# Whether $subcommand has had, compared by $operator, $count arguments.
function __unixport_has -a subcommand operator count
    set -l words (commandline -opc)
    test (count $words) -ge 2 -a "$words[2]" = $subcommand
    and test (count (__unixport_arguments)) $operator $count
end

# Sockets, and directories, which may lead to sockets.
function __unixport_address -a subcommand
    set -l word (commandline -ct)
    set -l kind (string match -r '^unix:' -- $word)
    # The shell does not replace this ~.
    string match -q 'unix:~*' -- $word; and return
    for file in (complete -C "'' "(string replace -r '^unix:' '' -- $word))
        set file (string split -f 1 \t -- $file)
        set -l path (string replace -r '^~/' $HOME/ -- $file)
        test -S $path -o -d $path; and echo "$kind$file"
    end
    set -l kinds unix: fd:
    test $subcommand = listen; and set -a kinds systemd:
    string match -r -- '^'(string escape --style=regex -- $word)'.+' $kinds
end

# The words after $count arguments, or after the first -- of pair, are completed
# as a command line of their own.
function __unixport_command -a subcommand count
    set -l words (__unixport_arguments)
    test $count -gt 0; and set -e words[1..$count]
    set -l end (contains -i -- -- $words)
    and test $subcommand = pair
    and set -e words[1..$end]
    set words (string join ' ' -- $words (commandline -ct))
    complete -C "$words"
end

function __unixport_load_options -a subcommand
    set -l names '^  (-(?<letter>.),|   ) --(?<word>[a-z-]+)'
    set -l expression $names'(=(?<value>[A-Z]+))?  +(?<text>.*)'
    set -l help (unixport $subcommand --help 2>/dev/null | string collect)
    set -l letters ''
    set -l values
    # "  -w, --wait=SECONDS  wait up to SECONDS", then further text.
    for line in (string replace -ra '\n {10,}' ' ' -- $help)
        string match -qr $expression -- $line; or continue
        set -l option -l $word -d $text
        test -n "$letter"; and set -a option -s $letter
        switch "$value"
            case ''
                set letters "$letters$letter"
            case GROUP
                set -a option -x -a '(__fish_complete_groups)'
            case OWNER USER
                set -a option -x -a '(__fish_complete_users)'
            case '*'
                set -a option -x
        end
        test -n "$value"; and set -a values --$word
        test -n "$value" -a -n "$letter"; and set -a values "-[LETTERS]*$letter"
        complete -c unixport -n "__unixport_has $subcommand -eq 0" $option
    end
    set values (string replace LETTERS "$letters" -- $values)
    set -a __unixport_values "$subcommand ^("(string join '|' -- $values)')$'
end

function __unixport_load
    set -l names '^(usage:|      ) unixport (?<subcommand>[a-z]+) '
    set -g __unixport_values
    complete -c unixport -f
    complete -c unixport -n __fish_is_first_arg -l help -d 'print the usage'
    complete -c unixport -n __fish_is_first_arg -l version \
        -d 'print the version'
    for line in (unixport --help 2>/dev/null)
        # usage: unixport listen [OPTION...] ADDRESS [COMMAND [ARG...]]
        string match -qr $names'(?<arguments>.*)' -- $line; or continue
        complete -c unixport -n __fish_is_first_arg -a $subcommand -d $arguments
        __unixport_load_options $subcommand
        set -l count 0
        set -l condition "__unixport_has $subcommand"
        for argument in (string split ' ' -- $arguments)
            switch $argument
                case '*COMMAND*'
                    complete -c unixport -n "$condition -ge $count" \
                        -a "(__unixport_command $subcommand $count)"
                    break
                case '*ADDRESS*'
                    complete -c unixport -n "$condition -eq $count" \
                        -a "(__unixport_address $subcommand)"
                    set count (math $count + 1)
            end
        end
    end
end

__unixport_load
functions -e __unixport_load __unixport_load_options
