"""For tests: runs a command on a terminal of its own, and does to it what stdin says, a line of JSON each:
{"type": "text"}, {"until": "regex", "seconds": 30}, {"size": [rows, columns]}. What the command printed goes to stdout; the
exit status is the command's, 97 if something was not printed in time."""

import ctypes, fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

def resize(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

def end(pid, code):
    sys.stdout.flush()
    if code == 97:
        os.kill(pid, signal.SIGTERM)
    _, status = os.waitpid(pid, 0)
    sys.exit(code or os.waitstatus_to_exitcode(status))

# If the test dies, so do we; the command's terminal is then gone, and it hears that (SIGHUP).
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
pid, fd = pty.fork()
if pid == 0:
    # The size is there before the command looks.
    resize(0, 24, 80)
    os.execvp(sys.argv[1], sys.argv[1:])

heard = ""
def hear(seconds):
    """True as long as the command has the terminal open."""
    global heard
    if not select.select([fd], [], [], seconds)[0]:
        return True
    try:
        text = os.read(fd, 65536).decode(errors="replace")
    except OSError:
        return False
    heard += text
    sys.stdout.write(text)
    return text != ""

for line in sys.stdin:
    act = json.loads(line)
    if "type" in act:
        os.write(fd, act["type"].encode())
    if "size" in act:
        resize(fd, *act["size"])
    if "until" in act:
        deadline = time.monotonic() + act.get("seconds", 30)
        while not (found := re.search(act["until"], heard)):
            if time.monotonic() > deadline or not hear(0.2):
                sys.stderr.write("never printed: %s\n" % act["until"])
                end(pid, 97)
        heard = heard[found.end():]
while hear(1):
    pass
end(pid, 0)
