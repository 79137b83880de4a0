package query

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"bedrot/sql/duck"
	"bedrot/sql/script"
	"bedrot/zones"
)

// Finding of the doctor: a thing that was looked at, how it is, and what helps where it is not well.
type Finding struct {
	What  string `json:"what"`
	State string `json:"state"` // ok, warn or fail
	Found string `json:"found"`
	Next  string `json:"next,omitempty"`
}

// Doctor looks at what a lake needs around it: the machine, the folder, the settings, the names. Unlike
// other commands it goes on where something is broken.
type Doctor struct {
	Root, Env string
	Files     zones.Files
	Now       time.Time
	// Load reads the scripts in force; Names tells what is wrong with a file of LAKE/catalog, or "".
	Load  func(context.Context, *zones.Lake) (*script.Catalog, error)
	Names func(ctx context.Context, catalog *script.Catalog, path string) string
	// Probes looks at what else a lake needs, such as the services it asks.
	Probes func(context.Context, *zones.Lake) []Finding

	findings []Finding
}

// Examine looks at everything and returns what it found, in the order of a diagnosis.
func (d *Doctor) Examine(ctx context.Context) []Finding {
	d.toolchain(ctx)
	lake, err := zones.Open(d.Root, d.Env, d.Files)
	if err != nil {
		told := zones.AsError(ctx, err)
		d.found("configuration", "fail", told.Error(), told.Next)
		return d.findings
	}
	d.found("configuration", "ok", "lake.toml and its environment are read; format "+fmt.Sprint(lake.Stamp.Format), "")
	d.permissions(lake)
	d.disk(lake)
	d.fileSystem(lake)
	d.clock(lake)
	d.scripts(ctx, lake)
	if d.Probes != nil {
		d.findings = append(d.findings, d.Probes(ctx, lake)...)
	}
	return d.findings
}

// Well reports whether nothing has failed.
func Well(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.State == "fail" })
}

func (d *Doctor) found(what, state, found, next string) {
	d.findings = append(d.findings, Finding{what, state, found, next})
}

// extensions are what scripts need of DuckDB; they are compiled in.
var extensions = []string{"icu", "json", "parquet"}

func (d *Doctor) toolchain(ctx context.Context) {
	d.found("program", "ok", fmt.Sprintf("%s on %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), "")
	db, err := duck.Open(ctx, duck.Options{})
	if err != nil {
		d.found("DuckDB", "fail", err.Error(), "build bedrot anew with a C compiler: CGO_ENABLED=1 go build")
		return
	}
	defer func() { _ = db.Close() }()
	var version, memory string
	var loaded int
	err = db.One(ctx, "select version(), current_setting('memory_limit'), (select count(*) from duckdb_extensions() where loaded and extension_name in ("+quoted(extensions)+"))", &version, &memory, &loaded)
	switch {
	case err != nil:
		d.found("DuckDB", "fail", err.Error(), "build bedrot anew: go build")
	case loaded < len(extensions):
		d.found("DuckDB", "fail", fmt.Sprintf("%s lacks some of %s", version, strings.Join(extensions, ", ")), "build bedrot with the driver that go.mod names")
	default:
		d.found("DuckDB", "ok", fmt.Sprintf("%s, may use %s", version, memory), "")
	}
	if what, ok := KernelFence(); ok {
		d.found("fence around questions", "ok", what, "")
	} else {
		d.found("fence around questions", "warn", what, "a Linux kernel from 5.13 on with Landlock in /sys/kernel/security/lsm")
	}
}

func quoted(names []string) string {
	literals := make([]string, len(names))
	for i, name := range names {
		literals[i] = duck.Literal(name)
	}
	return strings.Join(literals, ", ")
}

func (d *Doctor) permissions(lake *zones.Lake) {
	bad := false
	fail := func(found, next string) { bad = true; d.found("permissions", "fail", found, next) }
	for _, dir := range []string{"landing", "raw", "versions", "inbox", "catalog", "audit", "run"} {
		path := lake.Path(dir)
		probe, err := os.CreateTemp(path, ".doctor-*")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fail(dir+" is missing", "bedrot init "+lake.Root)
		case err != nil:
			fail(dir+" cannot be written", "run as the lake's owner, or: chown -R $USER "+path)
		default:
			_ = probe.Close()
			_ = os.Remove(probe.Name())
		}
	}
	if info, err := os.Stat(lake.Root); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		bad = true
		d.found("permissions", "warn", fmt.Sprintf("everybody on this machine may look into the lake (mode %04o)", info.Mode().Perm()), "chmod o-rwx "+lake.Root)
	}
	if !bad {
		d.found("permissions", "ok", "the lake can be written, and is nobody else's", "")
	}
}

func (d *Doctor) disk(lake *zones.Lake) {
	free, need := zones.FreeDisk(lake.Root), lake.Config.Health.FreeDiskBytes()
	switch {
	case free == nil:
		d.found("disk", "warn", "this system does not say how much is left", "")
	case *free < need:
		d.found("disk", "fail", fmt.Sprintf("%d MB are left, [health] wants %s", *free/1_000_000, lake.Config.Health.FreeDisk), "bedrot prune   (or give the disk more room)")
	default:
		d.found("disk", "ok", fmt.Sprintf("%d MB are left", *free/1_000_000), "")
	}
}

// fileSystem tries what publication rests on: links of both kinds, and renaming over a link.
func (d *Doctor) fileSystem(lake *zones.Lake) {
	dir, err := os.MkdirTemp(lake.Path("run"), ".doctor-*")
	if err != nil {
		return // permissions has told
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := func(name string) string { return filepath.Join(dir, name) }
	err = errors.Join(os.WriteFile(path("a"), nil, 0o600), os.WriteFile(path("b"), nil, 0o600), os.Rename(path("b"), path("a")))
	if !lake.Files.NoSymlinks {
		err = errors.Join(err, os.Symlink("a", path("one")), os.Symlink("b", path("two")), os.Rename(path("two"), path("one")))
	}
	if err != nil {
		d.found("file system", "fail", err.Error(), "put the lake on a local file system with symbolic links")
		return
	}
	if err := os.Link(path("a"), path("hard")); err != nil {
		d.found("file system", "warn", "no hard links: every version copies what did not change", "put the lake on a local file system, such as ext4 or xfs")
		return
	}
	d.found("file system", "ok", "links and renames as publication needs them", "")
}

// clock compares the machine's time with the newest thing in the lake: a clock that went back would
// order new captures before old ones.
func (d *Doctor) clock(lake *zones.Lake) {
	last, _, err := lake.LastRun("run", "build", "demo")
	switch {
	case err != nil:
		d.found("clock", "fail", err.Error(), "bedrot check")
	case d.Now.Year() < 2024:
		d.found("clock", "fail", "it is "+d.Now.UTC().Format(time.RFC3339)+", says this machine", "set the clock: timedatectl set-ntp true")
	case last != nil && last.EndedAt.Sub(d.Now) > time.Minute:
		d.found("clock", "fail", fmt.Sprintf("it is %s, says this machine, but a run ended %s", d.Now.UTC().Format(time.RFC3339), last.EndedAt.Format(time.RFC3339)), "set the clock: timedatectl set-ntp true")
	default:
		d.found("clock", "ok", d.Now.UTC().Format(time.RFC3339), "")
	}
}

func (d *Doctor) scripts(ctx context.Context, lake *zones.Lake) {
	catalog, err := d.Load(ctx, lake)
	if err != nil {
		told := zones.AsError(ctx, err)
		d.found("scripts", "fail", told.Error(), told.Next)
		return
	}
	for _, problem := range catalog.Findings {
		d.found("scripts", "fail", fmt.Sprintf("%s:%d: %s", problem.Path, problem.Line, problem.Text), "correct the script; until then its table keeps its last state")
	}
	if len(catalog.Findings) == 0 {
		d.found("scripts", "ok", fmt.Sprintf("%d scripts", len(catalog.Scripts)), "")
	}
	paths, err := filepath.Glob(lake.Path("catalog", "*.csv"))
	if err != nil || len(paths) == 0 {
		d.found("catalog of names", "fail", "LAKE/catalog holds no files", "bedrot init "+lake.Root)
		return
	}
	bad := false
	for _, path := range paths {
		if why := d.Names(ctx, catalog, path); why != "" {
			bad = true
			d.found("catalog of names", "fail", lake.Rel(path)+": "+why, "edit "+path)
		}
	}
	if !bad {
		d.found("catalog of names", "ok", fmt.Sprintf("%d files; what they do not know: bedrot query \"from curated.unresolved_names\"", len(paths)), "")
	}
}
