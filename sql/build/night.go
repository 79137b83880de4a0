package build

import (
	"slices"
	"strings"
	"time"

	"bedrot/zones"
)

// Steps are those of a night, each of which may be left out.
func Steps() []string { return []string{"extract", "import", "build", "export"} }

// CheckSteps refuses steps that a night does not have.
func CheckSteps(names []string) error {
	for _, name := range names {
		if !slices.Contains(Steps(), name) {
			return zones.Usage("--skip %q: the steps are %s", name, strings.Join(Steps(), ", "))
		}
	}
	return nil
}

// runDate reads the date that scripts take for today: the day of now where nobody says another.
func runDate(text string, now time.Time) (string, error) {
	if text == "" {
		return now.UTC().Format(time.DateOnly), nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", zones.Usage("--date %q is no date: write 2025-05-22", text)
	}
	return text, nil
}

// Found are failures as a run finds them.
func Found(errs ...zones.Error) []Finding {
	var findings []Finding
	for _, e := range errs {
		findings = append(findings, Finding{Error: e})
	}
	return findings
}
