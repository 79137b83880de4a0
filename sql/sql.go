// Package sql holds every SQL script of the lake, embedded: one folder per source beside feeds/,
// curated/ and shared/. What is done with them stands in its sub-packages: script (the catalog),
// read (landed files), build (the zones), query (questions), fixture (the specification).
package sql

import (
	"embed"
	"io/fs"
	"os"

	"bedrot/sql/script"
	"bedrot/zones"
)

//go:embed */*.sql
var scripts embed.FS

// Scripts are the embedded scripts.
func Scripts() fs.FS { return scripts }

// Folders are the scripts in force in a lake: the embedded ones, and those people put into LAKE/sql.
func Folders(lake *zones.Lake) []script.Folder {
	return []script.Folder{
		{FS: scripts},
		{FS: os.DirFS(lake.Path("sql")), Origin: lake.Rel(lake.Path("sql"))},
	}
}
