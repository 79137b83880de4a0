package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/reeflective/readline"
	"golang.org/x/term"

	"bedrot/sql/query"
)

// Terminal is what a shell on a terminal needs from outside the lake. It is opened before the session,
// whose fence leaves nothing but the lake to this process.
type Terminal struct {
	editor  *readline.Shell
	history *history
	pager   *pager
	paging  bool
}

// OpenTerminal prepares line editing, the history, and the pager, which is a child process of this program,
// so that it lives outside the fence. The history is kept in a file, else below state, the folder of what
// this user's programs remember; where both are empty, none is kept.
func OpenTerminal(historyFile, state string) (*Terminal, error) {
	t := &Terminal{editor: readline.NewShell(), history: &history{}}
	if historyFile == "" && state != "" {
		historyFile = filepath.Join(state, "history")
		if err := os.MkdirAll(state, 0o700); err != nil {
			return nil, err
		}
	}
	if historyFile != "" {
		file, err := os.OpenFile(historyFile, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, err
		}
		if t.history, err = readHistory(file); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	for _, setting := range []string{"multiline-column", "menu-complete-display-prefix"} {
		if err := t.editor.Config.Set(setting, true); err != nil {
			return nil, err
		}
	}
	t.editor.History.Delete()
	t.editor.History.Add("bedrot", t.history)
	var err error
	if t.pager, err = startPager(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.paging = true
	return t, nil
}

// Close ends the pager and closes the history.
func (t *Terminal) Close() error {
	return errors.Join(t.pager.close(), t.history.close())
}

// Run reads inputs line by line, several to a statement, and lets the shell handle each, until Ctrl-D or
// .quit. Ctrl-C ends a statement and no more; SIGTERM closes the session and quits the program, also while
// the shell waits for a key.
func (t *Terminal) Run(ctx context.Context, s *Shell, quit func()) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	defer signal.Stop(ended)
	go func() {
		if _, ok := <-ended; ok {
			_ = s.Session.Close()
			quit()
		}
	}()
	ctx = context.WithoutCancel(ctx)
	t.editor.Prompt.Primary(func() string { return "bedrot> " })
	t.editor.Prompt.Secondary(func() string { return "   ...> " })
	t.editor.AcceptMultiline = func(line []rune) bool { return !query.Unfinished(string(line)) }
	t.editor.Completer = func(line []rune, cursor int) readline.Completions { return complete(ctx, s, line, cursor) }
	s.Page = t.page
	for {
		text, err := t.editor.Readline()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, readline.ErrInterrupt):
			continue // the line is dropped
		case err != nil:
			return err
		}
		if words := strings.Fields(strings.TrimSuffix(text, ";")); len(words) > 0 && words[0] == ".pager" {
			if err := s.toggle(strings.Join(words[1:], " "), &t.paging); err != nil {
				Talk{Out: s.Err}.Tell("error: %v", err)
			}
			continue
		}
		asked, stop := signal.NotifyContext(ctx, os.Interrupt)
		_, err = s.Handle(asked, text)
		stop()
		if errors.Is(err, errQuit) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// dotCommands are those that Tab completes.
var dotCommands = []string{".exit", ".help", ".mode", ".pager", ".quit", ".schema", ".tables", ".timing", ".version"}

func complete(ctx context.Context, s *Shell, line []rune, cursor int) readline.Completions {
	before, after := string(line[:cursor]), string(line[cursor:])
	if strings.HasPrefix(before, ".") && !strings.Contains(before, " ") {
		var fitting []string
		for _, command := range dotCommands {
			if strings.HasPrefix(command, before) {
				fitting = append(fitting, command)
			}
		}
		return readline.CompleteValues(fitting...)
	}
	prefix, candidates, err := s.Session.Complete(ctx, before, after)
	if err != nil {
		return readline.CompleteMessage("%v", err)
	}
	byKind := map[string][]string{}
	for _, c := range candidates {
		byKind[c.Kind] = append(byKind[c.Kind], c.Word)
	}
	found := readline.CompleteValues()
	for _, kind := range []string{"column", "table", "schema", "keyword"} {
		if words := byKind[kind]; len(words) > 0 {
			found = found.Merge(readline.CompleteValues(words...).Tag(kind + "s"))
		}
	}
	// The editor takes all since the last blank for the word, as in count(gross: what stands before the name
	// is part of what it inserts.
	blank := before[strings.LastIndexAny(before, " \t\n")+1:]
	return found.Prefix(strings.TrimSuffix(blank, prefix))
}

// page shows an answer, in the pager when it is longer or wider than the terminal.
func (t *Terminal) page(text []byte) error {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || !t.paging || fits(text, width, height-2) {
		_, err := os.Stdout.Write(text)
		return err
	}
	return t.pager.show(text)
}

func fits(text []byte, width, height int) bool {
	if bytes.Count(text, []byte("\n")) > height {
		return false
	}
	for line := range bytes.Lines(text) {
		if len([]rune(string(line))) > width+1 {
			return false
		}
	}
	return true
}

// history is what was entered before: a line of JSON each, because a statement has several lines.
type history struct {
	file  *os.File
	lines []string
}

// mostHistory is how many inputs are remembered.
const mostHistory = 10_000

func readHistory(file *os.File) (*history, error) {
	h := &history{file: file}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var text string
		if json.Unmarshal(lines.Bytes(), &text) == nil && text != "" {
			h.lines = append(h.lines, text)
		}
	}
	h.lines = h.lines[max(0, len(h.lines)-mostHistory):]
	return h, lines.Err()
}

// Write appends an input; one like the last is not repeated.
func (h *history) Write(text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == text {
		return len(h.lines), nil
	}
	h.lines = append(h.lines, text)
	if h.file == nil {
		return len(h.lines), nil
	}
	line, err := json.Marshal(text)
	if err == nil {
		_, err = h.file.Write(append(line, '\n'))
	}
	return len(h.lines), err
}

// GetLine is the input at a position, the oldest being 0.
func (h *history) GetLine(at int) (string, error) {
	if at < 0 || at >= len(h.lines) {
		return "", fmt.Errorf("there is no line %d in the history", at)
	}
	return h.lines[at], nil
}

// Len is how many inputs are remembered.
func (h *history) Len() int { return len(h.lines) }

// Dump returns all of them.
func (h *history) Dump() any { return h.lines }

func (h *history) close() error {
	if h == nil || h.file == nil {
		return nil
	}
	return h.file.Close()
}

// pager is a child process that shows texts, one after the other.
type pager struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func startPager() (*pager, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(program, "pager")
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &pager{command: command, in: in, out: bufio.NewReader(out)}, command.Start()
}

func (p *pager) show(text []byte) error {
	if _, err := fmt.Fprintf(p.in, "%d\n", len(text)); err != nil {
		return err
	}
	if _, err := p.in.Write(text); err != nil {
		return err
	}
	answer, err := p.out.ReadString('\n')
	if err == nil && answer != "shown\n" { // it could not be started
		_, err = os.Stdout.Write(text)
	}
	return err
}

func (p *pager) close() error {
	if p == nil {
		return nil
	}
	return errors.Join(p.in.Close(), p.command.Wait())
}

// ServePager is that child process: it reads a length and so many bytes, shows them, answers, and goes
// on until its input ends. Show is what $PAGER says; where it says nothing, less shows them. It outlives
// Ctrl-C, which is for the pager. The texts are what files of strangers say: less shows them without
// escapes and runs nothing.
func ServePager(in io.Reader, out, terminal io.Writer, show string, environ []string) error {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	words := strings.Fields(show)
	if len(words) == 0 {
		words = []string{"less", "-FSX"}
	}
	reader := bufio.NewReader(in)
	for {
		var n int
		if _, err := fmt.Fscanf(reader, "%d\n", &n); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		text := io.LimitReader(reader, int64(n))
		command := exec.Command(words[0], words[1:]...) //nolint:gosec // what $PAGER says is this person's wish
		command.Stdin, command.Stdout, command.Stderr = text, terminal, terminal
		command.Env = slices.Concat(environ, []string{"LESSSECURE=1", "LESSCHARSET=utf-8"})
		answer := "shown\n"
		if err := command.Run(); err != nil {
			answer = "failed\n"
		}
		if _, err := io.Copy(io.Discard, text); err != nil { // what nobody scrolled to
			return err
		}
		if _, err := io.WriteString(out, answer); err != nil {
			return err
		}
	}
}
