package duck

import "embed"

// Source is the text of this package, by which programs that use DuckDB in the same way know each other.
//
//go:embed *.go
var Source embed.FS
