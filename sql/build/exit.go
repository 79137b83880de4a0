package build

import (
	"slices"

	"bedrot/zones"
)

// ExitHelp tells people what the exit codes mean.
const ExitHelp = `Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done (the rest is published), 4 nothing was
published because of bad data, 5 another run holds the lake, 6 a login is needed, 130 interrupted.`

// ExitOf is the exit code of whatever ended with an error.
func ExitOf(e *zones.Error) int {
	switch e.Code {
	case "interrupted":
		return ExitInterrupted
	case "lake_locked":
		return ExitLocked
	case "usage", "config", "lake_missing", "environment", "secrets_readable":
		return ExitUsage
	case "login_needed":
		return ExitLogin
	}
	return ExitFailed
}

// ExitOfImport is the exit code of an import: of one that placed nothing, in part, or all.
func ExitOfImport(t zones.Tally) int {
	switch t.Failed {
	case 0:
		return ExitDone
	case t.Files:
		return ExitFailed
	}
	return ExitPartly
}

// ExitOfLogins is the exit code of a look at logins, by those that do not work.
func ExitOfLogins(failed []*zones.Error) int {
	switch {
	case len(failed) == 0:
		return ExitDone
	case slices.ContainsFunc(failed, func(e *zones.Error) bool { return e.Code != "login_needed" }):
		return ExitFailed
	}
	return ExitLogin
}
