// Package sql holds every SQL script of the lake, embedded: one folder per source beside feeds/,
// curated/ and shared/. What is done with them stands in its sub-packages: script (the catalog),
// read (landed files), build (the zones), query (questions), fixture (the specification).
package sql

import (
	"context"
	"embed"
	"io/fs"
	"os"

	"bedrot/sql/mapping"
	"bedrot/sql/script"
	"bedrot/zones"
)

//go:embed */*.sql statement/*.toml
var scripts embed.FS

// Scripts are the embedded scripts.
func Scripts() fs.FS { return scripts }

// Embedded are the scripts in the binary, and those made of its mappings.
func Embedded() ([]script.Folder, error) {
	mapped, err := mapping.Folder(scripts, mapping.Source, "")
	return []script.Folder{{FS: scripts}, mapped}, err
}

// Folders are the scripts in force in a lake: the embedded ones, those people put into LAKE/sql, and those
// made of the mappings in LAKE/catalog/mappings.
func Folders(lake *zones.Lake) ([]script.Folder, error) {
	folders, err := Embedded()
	if err != nil {
		return nil, err
	}
	mapped, err := mapping.Folder(os.DirFS(lake.Root), "catalog/mappings", lake.Rel(lake.Root))
	if err != nil {
		return nil, err
	}
	own := script.Folder{FS: os.DirFS(lake.Path("sql")), Origin: lake.Rel(lake.Path("sql"))}
	return append(folders, own, mapped), nil
}

// Load loads the scripts in force in a lake, or without one the embedded ones. What planning them found
// out is kept in the user's cache folder.
func Load(ctx context.Context, lake *zones.Lake) (*script.Catalog, error) {
	return load(ctx, lake, script.Loader{Cache: script.NewCache()})
}

// LoadLinked is Load for who traces rows of a table; see script.Loader.
func LoadLinked(ctx context.Context, lake *zones.Lake, table string) (*script.Catalog, error) {
	return load(ctx, lake, script.Loader{Cache: script.NewCache(), Linked: []string{table}})
}

func load(ctx context.Context, lake *zones.Lake, loader script.Loader) (*script.Catalog, error) {
	folders, err := Embedded()
	if lake != nil {
		folders, err = Folders(lake)
	}
	if err != nil {
		return nil, err
	}
	return loader.Load(ctx, folders...)
}
