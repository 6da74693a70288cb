#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks bash, zsh and fish for real what they complete for one program, each in a shell that reads no settings.

completions.py PROGRAM_NAME HELP_TEXT_FILE FOLDER
  FOLDER   holds PROGRAM_NAME.bash, _PROGRAM_NAME (zsh) and PROGRAM_NAME.fish
Prints a line for each answer that is wrong, and then ends with 1.
"""
import contextlib
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 30  # seconds that a shell may take on a busy machine
PROMPT = "ready-for-input>"
INSERT_ALL = "\x1b*"  # Escape, star: puts everything that fits into the line

ZSH_SETUP = """\
fpath=({folder} $fpath)
autoload -Uz compinit; compinit -u -d {work}/dump
zle -C all-matches complete-word _generic
bindkey '\\e*' all-matches
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
"""


class InteractiveShell:
    """The program is a function there, which writes down the words that it is called with."""

    def __init__(self, words, program, setup, work):
        self.answer = os.path.join(work, "answer")
        self.program = program
        with open(os.path.join(work, "setup"), "w", encoding="utf-8") as file:
            file.write(setup + f"{program}() {{ printf '%s\\0' \"$@\" >{self.answer}; }}\n")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(os.path.join(work, "files"))
            environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": work, "LC_ALL": "C.UTF-8",
                           "PS1": PROMPT, "INPUTRC": "/dev/null"}
            os.execvpe(words[0], words, environment)
        self.wait_for_prompt()
        self.type(f". {work}/setup\n")

    def wait_for_prompt(self):
        seen = ""
        deadline = time.monotonic() + PATIENCE
        while not seen.endswith(PROMPT):
            if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"FAIL: the shell gives no prompt: {seen!r}")
            try:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                sys.exit(f"FAIL: the shell has ended: {seen!r}")
            # A shell may say how its terminal is set, and move about, around its prompt.
            seen = re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])", "", seen).rstrip(" \r")

    def type(self, text):
        os.write(self.terminal, text.encode())
        self.wait_for_prompt()

    def ask(self, line):
        """What fits at the end of the line."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.answer)
        self.type(f"{self.program} {line}{INSERT_ALL}\n")
        with open(self.answer, encoding="utf-8") as file:
            words = file.read().split("\0")[:-1]
        before, _, current = line.rpartition(" ")
        words = words[len(shlex.split(before)):]
        return set() if words == [current] else {word.rstrip("=") for word in words} - {""}

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


class Fish:
    def __init__(self, program, file, work):
        self.program, self.file, self.work = program, file, work

    def ask(self, line):
        environment = {"PATH": os.environ["PATH"], "HOME": self.work, "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        command = f"source {shlex.quote(self.file)}; complete -C {shlex.quote(self.program + ' ' + line)}"
        done = subprocess.run(["fish", "--no-config", "-c", command], cwd=os.path.join(self.work, "files"), check=True,
                              env=environment, capture_output=True, text=True, timeout=PATIENCE)
        return {answer.split("\t")[0] for answer in done.stdout.splitlines()}

    def end(self):
        pass


def open_shells(program, folder, work):
    yield "bash", InteractiveShell(["bash", "--noprofile", "--norc", "-i"], program,
                                   f"bind '\"\\e*\": insert-completions'\n. {folder}/{program}.bash\n", work)
    yield "zsh", InteractiveShell(["zsh", "-f", "-i"], program, ZSH_SETUP.format(folder=folder, work=work), work)
    yield "fish", Fish(program, f"{folder}/{program}.fish", work)


def questions(help_text):
    """Lines to complete, and what has to come: a set is all that may come, a word has to be among what comes."""
    options = dict(re.findall(r"^  --(\S+)(?: (\S+))?", help_text, re.M))
    stages = "getaddrinfo socket bind listen accept connect recv send shutdown close".split()
    yield "--", {f"--{name}" for name in options}
    for name, value in options.items():
        if "|" in value:
            yield f"--{name} ", set(value.split("|"))
        elif value == "STAGES":
            yield f"--{name} ", set(stages)
            yield f"--{name} listen,ac", {"listen,accept"}
            yield f"--{name} listen,c", {"listen,connect", "listen,close"}
        elif value == "NAME":
            named = re.search(r"one of:\s+([a-z0-9,\s-]+)\.", help_text.split(f"--{name} ", 1)[1])
            yield f"--{name} ", set(re.split(r",\s+", named[1]))
        elif value == "FILE":
            yield f"--{name} only", {"only-file"}
        elif value:
            yield f"--{name} ", set()
    # An option after a value, and a value in the same word.
    yield "--on-eof keep --ech", {"--echo"}
    yield "--on-eof=k", "keep"
    yield "--tcp-server :7000 --tcp-s", {"--tcp-server"}


def right(answer, wanted):
    # With --option=value shells give back the value, or the whole word.
    if isinstance(wanted, str):
        return len(answer) == 1 and answer.pop().rpartition("=")[2] == wanted
    return answer == wanted


def main(program, help_file, folder):
    with open(help_file, encoding="utf-8") as file:
        help_text = file.read()
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(os.path.join(work, "files"))
        with open(os.path.join(work, "files", "only-file"), "w", encoding="utf-8"):
            pass
        for name, shell in open_shells(program, os.path.abspath(folder), work):
            try:
                for line, wanted in questions(help_text):
                    answer = shell.ask(line)
                    if not right(set(answer), wanted):
                        print(f"FAIL: {name} completes '{program} {line}' to {sorted(answer)}, not to {wanted}")
                        wrong += 1
            finally:
                shell.end()
    return 1 if wrong else 0


if len(sys.argv) != 4:
    sys.exit(__doc__)
sys.exit(main(*sys.argv[1:]))
