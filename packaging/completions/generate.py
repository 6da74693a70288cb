#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the shell completion of one program, from what its own --help prints: no second list of options.

generate.py {bash|zsh|fish} PROGRAM_NAME HELP_TEXT_FILE OUT
"""
import re
import sys

HELP_COLUMN = 26  # where --help begins to explain an option
FILES = {"FILE"}
FREE_TEXT = {"ADDRESS", "TEXT", "HEX", "N", "BYTES", "MB", "SECONDS"}
NAMES = {"NAME"}  # the explanation names them: "NAME is one of: one, two, three."
LISTS = {"STAGES"}  # the explanation names them: "..., comma separated: one, two, three."


class Option:
    def __init__(self, name, value, group):
        self.name = name
        self.value = value  # as --help shows it; empty: a flag
        self.help = ""
        self.repeatable = "may be repeated" in group

    @property
    def choices(self):
        """All that the value may be, or nothing where it is free."""
        if "|" in self.value:
            return self.value.split("|")
        if self.value in LISTS | NAMES:
            found = re.search(r"(?:comma separated|one of): ([a-z0-9, -]+)\.", self.help)
            if not found:
                sys.exit(f"--{self.name}: the explanation does not name what {self.value} may be")
            return found[1].split(", ")
        return []

    @property
    def is_list(self):
        return self.value in LISTS

    @property
    def is_file(self):
        return self.value in FILES

    @property
    def sentence(self):
        """The explanation's first sentence or half: shells have one line for it."""
        if self.is_list:
            return self.help.split(":")[0]
        return re.split(r"[.;] |\.$", self.help)[0]


def read_options(text):
    options, group = [], ""
    open_option = None  # the one whose explanation may go on in the next line
    for line in text.splitlines():
        if line.startswith("  --"):
            # A name that reaches the column has its line alone.
            alone = len(line) >= HELP_COLUMN and line[HELP_COLUMN - 1] != " "
            head, explanation = (line, "") if alone else (line[:HELP_COLUMN], line[HELP_COLUMN:])
            name, _, value = head.strip()[2:].partition(" ")
            open_option = Option(name, value, group)
            open_option.help = explanation.strip()
            options.append(open_option)
        elif open_option and line.startswith(" " * HELP_COLUMN):
            open_option.help = f"{open_option.help} {line.strip()}".strip()
        else:
            open_option = None
            group = line if line.endswith(":") else ""
    for option in options:
        # The explanation of one option speaks for all of its family.
        if option.name.startswith("send") and option.value in {"TEXT", "HEX", "FILE"}:
            option.repeatable = True
        if option.value and not option.choices and option.value not in FILES | FREE_TEXT:
            sys.exit(f"--{option.name}: it is not known here how {option.value} is completed")
    if not options:
        sys.exit("no option in the text of --help")
    return options


def names(options):
    return [f"--{option.name}" for option in options]


def bash_case(labels, commands):
    lines = "".join(f"            {line}\n" for line in commands)
    return f"        {' | '.join(labels)})\n{lines}            ;;\n"


def bash(program, options):
    function = "_" + program.replace("-", "_")
    cases = ""
    for option in options:
        if option.is_list:
            cases += bash_case([f"--{option.name}"], [
                f"words=' {' '.join(option.choices)} '",
                'before=${current%"${current##*,}"} current=${current##*,}',
                'for word in ${before//,/ }; do words=${words/" $word "/ }; done',
                "compopt -o nospace 2>/dev/null"])
        elif option.choices:
            cases += bash_case([f"--{option.name}"], [f"words='{' '.join(option.choices)}'"])
    files = names(option for option in options if option.is_file)
    if files:
        cases += bash_case(files, ["compopt -o default 2>/dev/null", "return"])
    free = names(option for option in options if option.value in FREE_TEXT)
    if free:
        cases += bash_case(free, ["return"])
    return f"""\
# Completion of {program} for bash, made from its --help.
{function}() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD - 1]}}
    local joined="" before="" assigned="" words word
    COMPREPLY=()
    # --option=value is three words for bash, or one where "=" is not in COMP_WORDBREAKS.
    if [[ $current == = ]]; then
        assigned=yes current=""
    elif [[ $option == = ]]; then
        assigned=yes option=${{COMP_WORDS[COMP_CWORD - 2]}}
    elif [[ $current == --*=* ]]; then
        assigned=yes option=${{current%%=*}} joined=${{current%%=*}}= current=${{current#*=}}
    fi
    case $option in
{cases}\
        *)
            [[ -z $assigned ]] || return
            words='{" ".join(names(options))}'
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -P "$joined$before" -W "$words" -- "$current")
}}
complete -F {function} {program}
"""


def zsh_action(option):
    if option.is_list:
        return f"_values -s , {option.value.lower()} {' '.join(option.choices)}"
    if option.choices:
        return f"({' '.join(option.choices)})"
    return "_files" if option.is_file else " "


def zsh(program, options):
    specs = []
    for option in options:
        text = re.sub(r"([\[\]\\:])", r"\\\1", option.sentence)
        alone = "(- *)" if option.name in {"help", "version"} else ""
        spec = f"{alone}{'*' if option.repeatable else ''}--{option.name}"
        if option.value:
            what = option.name if "|" in option.value else option.value.lower()
            spec += f"=[{text}]:{what}:{zsh_action(option)}"
        else:
            spec += f"[{text}]"
        specs.append("    '" + spec.replace("'", "'\\''") + "'")
    lines = " \\\n".join(specs)
    return f"#compdef {program}\n# Completion of {program} for zsh, made from its --help.\n_arguments \\\n{lines}\n"


def fish(program, options):
    lines = [f"# Completion of {program} for fish, made from its --help.", f"complete -c {program} -f"]
    for option in options:
        text = option.sentence.replace("\\", "\\\\").replace("'", "\\'")
        if option.is_list:
            value = f" -x -a '(__fish_append , {' '.join(option.choices)})'"
        elif option.choices:
            value = f" -x -a '{' '.join(option.choices)}'"
        elif option.is_file:
            value = " -r -F"
        else:
            value = " -x" if option.value else ""
        lines.append(f"complete -c {program} -l {option.name}{value} -d '{text}'")
    return "\n".join(lines) + "\n"


def main(words):
    shells = {"bash": bash, "zsh": zsh, "fish": fish}
    if len(words) != 4 or words[0] not in shells:
        sys.exit(__doc__)
    shell, program, help_file, out = words
    with open(help_file, encoding="utf-8") as file:
        options = read_options(file.read())
    with open(out, "w", encoding="utf-8", newline="\n") as file:
        file.write(shells[shell](program, options))


main(sys.argv[1:])
