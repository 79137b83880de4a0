// Command gate ends a test run: it prints the coverage of each of our packages and of all of them,
// names every skipped test with its reason, and fails when coverage is not above the limit or when
// no test ran at all. It reads what .ci/test left behind and uses the standard library only, so that
// it needs no set-up of its own.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// budget is how long a person or a pull request is willing to wait for the tests, in seconds.
const budget = 300

func main() {
	limit := flag.Float64("limit", 85, "coverage in percent that must be exceeded; 0 judges nothing")
	seconds := flag.Int("seconds", 0, "how long the tests took")
	flag.Parse()
	err := run(os.Stdout, flag.Arg(0), *limit)
	if *seconds > 0 {
		fmt.Fprintf(os.Stdout, "took %d s of %d\n", *seconds, budget)
	}
	if *seconds > budget {
		fmt.Fprintln(os.Stdout, "warning: the tests took longer than anybody should have to wait")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, reports string, limit float64) error {
	tests, err := os.Open(filepath.Join(reports, "tests.json"))
	if err != nil {
		return err
	}
	defer func() { _ = tests.Close() }()
	ran, skips, err := readTests(tests)
	if err != nil {
		return fmt.Errorf("read %s: %w", tests.Name(), err)
	}
	profile, err := os.Open(filepath.Join(reports, "coverage.out"))
	if err != nil {
		return fmt.Errorf("no coverage was written, a package may not compile: %w", err)
	}
	defer func() { _ = profile.Close() }()
	packages, err := readProfile(profile)
	if err != nil {
		return fmt.Errorf("read %s: %w", profile.Name(), err)
	}
	total := tell(out, packages, limit)
	fmt.Fprintf(out, "\n%d tests ran, %d skipped%s\n", ran, len(skips), colon(skips))
	for _, skip := range skips {
		fmt.Fprintln(out, "  "+skip)
	}
	var faults []error
	if ran == 0 {
		faults = append(faults, errors.New("no test ran"))
	}
	if limit > 0 && total.percent() <= limit {
		faults = append(faults, fmt.Errorf("coverage of our packages is %.1f %%, it must be above %.0f %%", total.percent(), limit))
	}
	return errors.Join(faults...)
}

func colon(skips []string) string {
	if len(skips) == 0 {
		return ""
	}
	return ":"
}

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
}

// readTests counts the tests that passed or failed, and names those that were skipped with what they
// said. Subtests count; a package without test files is no skip.
func readTests(r io.Reader) (ran int, skips []string, err error) {
	said := map[string]string{}
	lines := json.NewDecoder(r)
	for {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return ran, skips, nil
		} else if err != nil {
			return 0, nil, err
		}
		name := e.Package + " " + e.Test
		switch {
		case e.Test == "":
		case e.Action == "output":
			text := strings.TrimSpace(e.Output)
			if !strings.HasPrefix(text, "===") && !strings.HasPrefix(text, "---") {
				said[name] = strings.TrimSpace(said[name] + " " + text)
			}
		case e.Action == "skip":
			skips = append(skips, name+": "+said[name])
		case e.Action == "pass", e.Action == "fail":
			ran++
		}
	}
}

// tally counts statements.
type tally struct {
	covered, all int
}

func (t tally) percent() float64 {
	if t.all == 0 {
		return 0
	}
	return 100 * float64(t.covered) / float64(t.all)
}

// readProfile adds up a coverage profile by package. With -coverpkg every test binary reports every
// block, so a block counts once, and as covered when any of them ran it.
func readProfile(r io.Reader) (map[string]tally, error) {
	type block struct {
		statements int
		covered    bool
	}
	blocks := map[string]block{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "mode:") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("a line of %d words: %s", len(fields), line)
		}
		statements, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, err
		}
		blocks[fields[0]] = block{statements, blocks[fields[0]].covered || fields[2] != "0"}
	}
	packages := map[string]tally{}
	for at, b := range blocks {
		file, _, _ := strings.Cut(at, ".go:")
		sum := packages[path.Dir(file)]
		sum.all += b.statements
		if b.covered {
			sum.covered += b.statements
		}
		packages[path.Dir(file)] = sum
	}
	return packages, lines.Err()
}

// tell prints a line per package, marks those below the limit, and returns the sum of all.
func tell(out io.Writer, packages map[string]tally, limit float64) tally {
	var total tally
	fmt.Fprintln(out, "\ncoverage  statements  package")
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		sum := packages[name]
		total.all += sum.all
		total.covered += sum.covered
		mark := ""
		if sum.percent() <= limit {
			mark = "  (below the limit)"
		}
		fmt.Fprintf(out, "%6.1f %%  %10d  %s%s\n", sum.percent(), sum.all, name, mark)
	}
	fmt.Fprintf(out, "%6.1f %%  %10d  in all\n", total.percent(), total.all)
	return total
}
