package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bedrot/extract/fake"
)

// processes are those whose arguments or environment hold a text, and what both are.
func processes(t *testing.T, text string) map[int]string {
	t.Helper()
	found := map[int]string{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		arguments, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline")) // it may have ended
		environment, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "environ"))
		if all := string(arguments) + "\n" + string(environment); strings.Contains(all, text) {
			found[pid] = all
		}
	}
	return found
}

// wait waits until something is so, but not longer than a time that no machine needs.
func wait(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.Now().Add(time.Minute)
	for !so() {
		if time.Now().After(limit) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// hangs lets an API and a site say nothing more in the middle of an answer, and says whether both do.
func (n *night) hangs() func() bool {
	n.live.Metaads.Inject(fake.Fault{Match: "/campaigns", Times: -1, Cut: 9, Stall: true})
	n.live.Distrokid.Inject(fake.Fault{Match: "data=applemusic", Times: -1, Cut: 9, Stall: true})
	asked := func(kit *fake.Kit, path, query string) bool {
		for _, call := range kit.Calls() {
			if strings.Contains(call.Path, path) && strings.Contains(call.Query, query) {
				return true
			}
		}
		return false
	}
	return func() bool {
		return asked(&n.live.Metaads.Kit, "/campaigns", "") && asked(n.live.Distrokid.Kit, "/stats", "applemusic")
	}
}

// A run that is asked to end while services keep silent ends in time, and leaves neither half a drop nor a
// process. While it hangs, no secret stands where other users of the machine could read it.
func TestSIGTERMInTheMiddleOfFetching(t *testing.T) {
	needsChromium(t)
	if runtime.GOOS != "linux" {
		t.Skip("processes are looked at in /proc")
	}
	n := newNight(t, "")
	n.tables("raw.metaads__campaigns")
	n.settings(func(source string) bool { return source == "metaads" || source == "distrokid" || source == "bedrot" })
	temporary, err := os.MkdirTemp("/tmp", "bedrot-") // short, so that Chromium's home is in it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	records := filepath.Join(t.TempDir(), "records")
	hanging := n.hangs()
	command := childCommand(context.WithoutCancel(t.Context()), []string{
		"BEDROT_TEST_NOW=" + n.now.Format(time.RFC3339), "TMPDIR=" + temporary,
		"META_APP_SECRET=" + n.env["META_APP_SECRET"], "DISTROKID_PASSWORD=" + n.env["DISTROKID_PASSWORD"], "BEDROT_SESSION_PASSPHRASE=" + n.env["BEDROT_SESSION_PASSPHRASE"],
	}, "--lake", n.root, "--verbose", "run", "--since", since, "--record", records)
	command.Stdout, command.Stderr = &n.talk, &n.talk
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	defer func() {
		_ = command.Process.Kill()
		if t.Failed() {
			_ = command.Wait()
			t.Logf("it said:\n%s", n.talk.Bytes())
		}
	}()
	wait(t, "both services hang", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("ended before: %v", err)
		default:
		}
		return hanging()
	})

	children := processes(t, temporary)
	delete(children, command.Process.Pid) // which got its secrets from whoever started it
	if len(children) < 3 {
		t.Errorf("node and Chromium are not among %d processes", len(children))
	}
	secrets := n.canaries()
	for pid, all := range children {
		for what, secret := range secrets {
			if strings.Contains(all, secret) {
				t.Errorf("process %d is told %s: %.200q", pid, what, all)
			}
		}
	}
	if arguments, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", command.Process.Pid)); containsAny(arguments, secrets) {
		t.Errorf("bedrot's own arguments hold a secret: %q", arguments)
	}

	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 130 {
			t.Errorf("ended by %v, wanted exit 130", err)
		}
	case <-limited.Done():
		t.Fatal("still there after 5 s")
	}
	wait(t, "no process is left", func() bool { return len(processes(t, temporary)) == 0 })
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	n.well()
	n.wholeDrops()
	if drops, err := filepath.Glob(filepath.Join(n.root, "landing", "metaads", "campaigns", "*", "*")); err != nil || len(drops) > 0 {
		t.Errorf("landed though it was not whole: %v, %v", drops, err)
	}
	n.equal("select status || exit_code from meta.runs where command = 'run'", "interrupted130")
	n.silent(records)

	// The next run completes what is missing, and asks for nothing that has landed.
	n.live.Metaads.Relent()
	n.live.Distrokid.Relent()
	landed := n.drops()
	n.later(time.Minute)
	n.chromium = sharedChromium(t)
	report := n.fetch("run", "--since", since)
	streams := report.streams()
	if report.code != 0 || streams["metaads/campaigns:main"] != "landed" || streams["distrokid/applemusic:main"] != "landed" {
		t.Errorf("exit %d: %v, %+v", report.code, streams, report.Result.Findings)
	}
	if n.drops() != landed+len(report.Fetched) {
		t.Errorf("%d drops, then %d with %v", landed, n.drops(), streams)
	}
	n.well()
	n.silent(records)
}

func containsAny(text []byte, secrets map[string]string) bool {
	for _, secret := range secrets {
		if bytes.Contains(text, []byte(secret)) {
			return true
		}
	}
	return false
}

// drops is how many have landed.
func (n *night) drops() int {
	n.t.Helper()
	all, err := filepath.Glob(filepath.Join(n.root, "landing", "*", "*", "*", "*"))
	if err != nil {
		n.t.Fatal(err)
	}
	return len(all)
}

// wholeDrops asserts that every drop that is there can be read and is as it says.
func (n *night) wholeDrops() {
	n.t.Helper()
	if damaged, err := n.damaged(); err != nil || len(damaged) > 0 {
		n.t.Errorf("damaged: %v, %v", damaged, err)
	}
	drafts, err := filepath.Glob(filepath.Join(n.root, "landing", "*", "*", "*", "*"))
	if err != nil {
		n.t.Fatal(err)
	}
	for _, drop := range drafts {
		if _, err := os.Stat(filepath.Join(drop, "drop.json")); err != nil {
			n.t.Error(err)
		}
	}
}
