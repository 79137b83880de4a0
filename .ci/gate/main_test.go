package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someTests = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:7: no PostgreSQL here\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"skip","Package":"q"}
`

func TestGate(t *testing.T) {
	// Block 1 of p is reported by two test binaries, one of which did not run it.
	profile := "mode: set\np/a.go:1.1,2.2 9 0\np/a.go:1.1,2.2 9 1\nq/b.go:1.1,2.2 1 0\n"
	for _, test := range []struct {
		name, tests, profile string
		limit                float64
		want                 []string
		fault                string
	}{
		{"enough is covered", someTests, profile, 85, []string{
			"100.0 %           9  p\n", "0.0 %           1  q  (below the limit)", "90.0 %          10  in all",
			"1 tests ran, 1 skipped:\n  p TestB: b_test.go:7: no PostgreSQL here\n",
		}, ""},
		{"the limit itself is not above it", someTests, profile, 90, nil, "is 90.0 %, it must be above 90 %"},
		{"no limit judges nothing", someTests, "mode: set\n", 0, nil, ""},
		{"nothing ran", "", profile, 85, []string{"0 tests ran, 0 skipped\n"}, "no test ran"},
		{"a broken profile", someTests, "p/a.go\n", 85, nil, "a line of 1 words"},
		{"broken events", "{", profile, 85, nil, "tests.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"tests.json": test.tests, "coverage.out": test.profile} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			err := run(&out, dir, test.limit)
			if (err != nil) != (test.fault != "") || err != nil && !strings.Contains(err.Error(), test.fault) {
				t.Errorf("error %v, want %q", err, test.fault)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is missing in:\n%s", want, out.String())
				}
			}
		})
	}
}
