//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"

	"bedrot/sql/query"
)

// TestShellReadsAStream pipes statements and dot commands into a shell.
func TestShellReadsAStream(t *testing.T) {
	l := manyNights(t)
	for _, c := range []struct {
		name, in, out, err string
		code               int
	}{
		{"lines", "select 1 as a,\n  2 as b;\n-- done;\nselect 3 as c; select 4 as d", "a,b\n1,2\nc\n3\nd\n4\n", "", 0},
		{"a semicolon in quotes and comments", "select 'a;\nb' as t /* ; */;\n", "t\n\"a;\nb\"\n", "", 0},
		{"modes", ".mode\n.mode ndjson\nselect 1 as a;\n.mode tsv\nselect 'x' as a;\n", "csv\n{\"a\":1}\na\nx\n", "", 0},
		{"no such mode", ".mode png\nselect 1;\n", "", "there is no mode \"png\"", 1},
		{"tables", ".tables curated.roy*\n", "curated.royalties", "", 0},
		{"tables of everything", ".tables\n", "archive.distrokid__bank", "", 0},
		{"a bad pattern", ".tables [\n", "", "no pattern", 1},
		{"schema", ".schema curated.royalties\n", "gross_usd", "", 0},
		{"schema of what no script makes", ".schema meta.runs\n", "exit_code", "", 0},
		{"no such table", ".schema curated.nosuch\n", "", "there is no table", 1},
		{"timing", ".timing on\nselect unnest([1, 2]) as a;\nselect 1 as a;\n", "a\n1\n2\na\n1\n", "(2 rows, 0s)\n(1 row, 0s)\n", 0},
		{"neither on nor off", ".timing\n", "", "on or off?", 1},
		{"version", ".version\n", "version 20260104T", "", 0},
		{"help", ".help\n", ".timing on|off", "", 0},
		{"the pager needs a terminal", ".pager on\n", "", "no terminal", 1},
		{"what there is not", ".nosuch\n", "", "there is no command .nosuch", 1},
		{"the first error ends it", "select nosuch;\nselect 1;\n", "", "nosuch", 1},
		{"quit", "select 1 as a;\n.quit\nselect nosuch;\n", "a\n1\n", "", 0},
		{"quit at the end", "select 1 as a;\n.quit", "a\n1\n", "", 0},
		{"writing", "create table x as select 1;\n", "", "only questions", 1},
		{"nothing", "", "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, talk bytes.Buffer
			a := app{in: strings.NewReader(c.in), out: &out, err: &talk, now: func() time.Time { return l.now }, scripts: embeddedCatalog(t)}
			code := a.run(t.Context(), []string{"bedrot", "--lake", l.root, "shell"})
			if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(talk.String(), c.err) || c.out == "" && out.Len() > 0 {
				t.Errorf("exit %d\n%s%s\nwant exit %d, %q and %q", code, out.String(), talk.String(), c.code, c.out, c.err)
			}
		})
	}
}

// TestUnfinished says which inputs go on in the next line.
func TestUnfinished(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "  \n": false, ".tables": false, "select 1;": false, "select 1 ; ": false, "select 1;\n-- said": true,
		"select 1": true, "select ';": true, "select ';';": false, "select 1 -- ;": true, "select 1; -- ;": false, "/* ;": true, "/* x */": false, "-- only": false,
		"select $$;": true, "select $$;$$;": false, "select 1; select 2": true, `select ";`: true,
	} {
		if got := query.Unfinished(text); got != want {
			t.Errorf("Unfinished(%q) is %t", text, got)
		}
	}
}

// dialogue is a shell on a pseudo terminal.
type dialogue struct {
	t       *testing.T
	tty     *os.File
	command *exec.Cmd

	screen vt10x.Terminal

	mu   sync.Mutex
	said bytes.Buffer
	read int // what expect has passed
}

func (l *lake) dialogue(t *testing.T, env ...string) *dialogue {
	t.Helper()
	d := &dialogue{t: t, command: childCommand(t.Context(), append(env, "TERM=xterm", "BEDROT_TEST_CONFINE=1"), "--lake", l.root, "shell")}
	var err error
	if d.tty, err = pty.StartWithSize(d.command, &pty.Winsize{Rows: 24, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	d.screen = vt10x.New(vt10x.WithWriter(d.tty), vt10x.WithSize(100, 24))
	go func() {
		data := make([]byte, 4096)
		for {
			n, err := d.tty.Read(data)
			d.mu.Lock()
			d.said.Write(data[:n])
			d.mu.Unlock()
			_, _ = d.screen.Write(data[:n]) // which answers where the cursor is
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { _ = d.tty.Close(); _ = d.command.Process.Kill() })
	return d
}

var escapes = regexp.MustCompile(`\x1b(\[[0-9;?> ]*[a-zA-Z]|[=>]|\][^\a]*\a)`)

// expect waits until the terminal has said something, escapes aside, after what was expected before.
func (d *dialogue) expect(text string) {
	d.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		d.mu.Lock()
		all := escapes.ReplaceAllString(d.said.String(), "")
		d.mu.Unlock()
		if at := strings.Index(all[min(d.read, len(all)):], text); at >= 0 {
			d.read += at + len(text)
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("the shell does not say %q; the screen shows\n%s", text, d.screen.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// prompt waits for the prompt and until the shell has said all it says with it, such as asking where the
// cursor is: a person would not type before.
func (d *dialogue) prompt() {
	d.t.Helper()
	d.expect("bedrot> ")
	for before := -1; ; time.Sleep(200 * time.Millisecond) {
		d.mu.Lock()
		n := d.said.Len()
		d.mu.Unlock()
		if n == before {
			return
		}
		before = n
	}
}

// shows waits until a text stands on the screen.
func (d *dialogue) shows(text string) {
	d.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(d.screen.String(), text) {
		if time.Now().After(deadline) {
			d.t.Fatalf("the screen does not show %q but\n%s", text, d.screen.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (d *dialogue) press(keys string) {
	d.t.Helper()
	if _, err := d.tty.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

func (d *dialogue) ends(code int) {
	d.t.Helper()
	err := d.command.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == code || err == nil && code == 0 {
		return
	}
	d.t.Errorf("the shell ended with %v, want %d\n%s", err, code, d.said.String())
}

// TestShellOnATerminal types: a statement of two lines, Tab, the history, Ctrl-C, an answer that is too
// long for the terminal; all behind the fence.
func TestShellOnATerminal(t *testing.T) {
	t.Parallel()
	l := manyNightsOn(t, manyTables) // so that Tab has to tell names apart
	remembered := filepath.Join(t.TempDir(), "history")
	env := []string{"BEDROT_HISTORY=" + remembered, "PAGER=wc -l"}
	d := l.dialogue(t, env...)
	d.prompt()
	d.press("select 6 *\r")
	d.expect("...> ")
	d.press("7 as answer;\r")
	d.expect("42")
	d.expect("(1 row, ")
	d.prompt()

	d.press("from curated.roy\t") // as far as there is one way only
	d.shows("bedrot> from curated.royalt")
	d.press("ies select gross_u\t")
	d.shows("bedrot> from curated.royalties select gross_usd")
	d.press(" order by abs(gross_u\t")
	d.shows("abs(gross_usd")
	d.press(") limit 1;\r")
	d.expect("0.040000000001")
	d.prompt()

	d.press("select nonsense") // Ctrl-C drops the line
	d.press("\x03")
	d.prompt()
	d.press("select count(*) from range(1000000) a, range(1000000) b;\r")
	time.Sleep(300 * time.Millisecond)
	d.press("\x03") // and stops a statement
	d.expect("error: stopped")
	d.prompt()

	d.press("select unnest(range(100)) as n;\r") // 100 rows, a header and its line
	d.expect("102")
	d.expect("(100 rows, ")
	d.press(".pager off\r")
	d.prompt()
	d.press("\x1b[A\x1b[A\r") // two up: the statement
	d.expect("98")
	d.expect("(100 rows, ")
	d.press(".quit\r")
	d.ends(0)

	again := l.dialogue(t, env...)
	again.prompt()
	again.press("\x1b[A\x1b[A\r") // .quit, and before it the statement
	again.expect("102")
	again.prompt()
	again.press("\x04") // Ctrl-D
	again.ends(0)
	if text, err := os.ReadFile(remembered); err != nil || !strings.Contains(string(text), `"select 6 *\n7 as answer;"`) {
		t.Errorf("remembered is %s %v", text, err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "bedrot-query-*")); err != nil || len(left) > 0 {
		t.Logf("left behind by some session: %v %v", left, err)
	}
}

// TestShellIsEnded by SIGTERM while it waits for a key.
func TestShellIsEnded(t *testing.T) {
	l := newLake(t)
	d := l.dialogue(t, "BEDROT_HISTORY="+filepath.Join(t.TempDir(), "history"), "TMPDIR="+t.TempDir())
	d.expect("bedrot> ")
	if err := d.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	d.ends(130)
}
