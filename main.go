// Command bedrot is the nightly data lake of an independent music label: it lands what sources say,
// turns it with SQL into tables that can be trusted to the cent, and answers questions about them.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"bedrot/export"
	"bedrot/export/postgres"
	"bedrot/export/warehouse"
	"bedrot/extract"
	"bedrot/extract/browser"
	"bedrot/extract/session"
	"bedrot/sql"
	"bedrot/sql/build"
	"bedrot/sql/duck"
	"bedrot/sql/fixture"
	"bedrot/sql/query"
	"bedrot/sql/script"
	"bedrot/zones"
)

func main() {
	ctx, stop := interruptible()
	a := app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, confine: true}
	code := a.run(ctx, os.Args)
	stop()
	os.Exit(code)
}

// interruptible ends with the first Ctrl-C or SIGTERM; a second one ends the process at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// app is the program with everything it touches outside, so that a test can run it in process.
type app struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	files    zones.Files
	code     int // of a run that ended without an error
	scripts  *script.Catalog
	choice   zones.Selection
	fetched  []zones.Event
	state    string // where logins are kept unless BEDROT_SESSIONS says otherwise; empty is the user's
	talk     export.Talk
	log      *slog.Logger
	json     bool
	pause    time.Duration         // between attempts at the database; 0 is the exporter's own
	confine  bool                  // questions put the process behind the kernel's fence, for good
	fetcher  func(*extract.Runner) // sets up who fetches in another way; nil leaves it
}

// run is the whole program: it returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	a.talk = export.Talk{Out: a.err, Now: a.now}
	program := a.cli()
	err := program.RunContext(ctx, flagsFirst(program, args))
	if err == nil {
		return a.code
	}
	told := zones.AsError(ctx, err)
	a.talk.Failure(told)
	return build.ExitOf(told)
}

// flagsFirst moves a command's flags before its arguments, and the program's before the command, so that
// people may write them in any order; what follows -- stays as it is.
func flagsFirst(program *cli.App, args []string) []string {
	var command *cli.Command
	var global, flags, rest []string
	for i := 1; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return slices.Concat(args[:1], global, flags, rest, args[i:])
		case command != nil && (arg == "--help" || arg == "-h"):
			return []string{args[0], command.Name, "--help"} // whatever else stands there
		case strings.HasPrefix(arg, "-") && arg != "-":
			into, known := &global, program.Flags
			if command != nil && (flagOf(command.Flags, arg) != nil || flagOf(program.Flags, arg) == nil) {
				into, known = &flags, command.Flags
			}
			*into = append(*into, arg)
			if takesValue(known, arg) && i+1 < len(args) {
				i++
				*into = append(*into, args[i])
			}
		case command == nil && program.Command(arg) != nil:
			command = program.Command(arg)
			flags = append(flags, arg)
		default:
			rest = append(rest, arg)
		}
	}
	return slices.Concat(args[:1], global, flags, rest)
}

// flagOf is the flag that an argument is, of those that are known; nil where it is none.
func flagOf(known []cli.Flag, arg string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if at := slices.IndexFunc(known, func(flag cli.Flag) bool { return slices.Contains(flag.Names(), name) }); at >= 0 {
		return known[at]
	}
	return nil
}

func takesValue(known []cli.Flag, arg string) bool {
	flag := flagOf(known, arg)
	_, alone := flag.(*cli.BoolFlag)
	return flag != nil && !alone && !strings.Contains(arg, "=")
}

func (a *app) cli() *cli.App {
	program := &cli.App{
		Name: "bedrot", Usage: "the nightly data lake of an independent music label", Description: build.ExitHelp,
		Writer: a.out, ErrWriter: a.err, ExitErrHandler: func(*cli.Context, error) {}, HideVersion: true,
		OnUsageError: func(_ *cli.Context, err error, _ bool) error { return zones.Usage("%v", err) },
		Before: func(c *cli.Context) error {
			a.json, a.talk.JSON, a.talk.Quiet = c.Bool("json"), c.Bool("json"), c.Bool("quiet")
			a.log = export.Log(a.err, c.Bool("verbose"), c.String("log-format") == "json")
			return nil
		},
		CommandNotFound: func(_ *cli.Context, name string) {
			a.talk.Failure(&zones.Error{Code: "usage", What: fmt.Sprintf("there is no command %q", name), Next: "bedrot help"})
			a.code = build.ExitUsage
		},
		Flags: []cli.Flag{
			text("lake", ".", "the lake's `DIR`", "BEDROT_LAKE", "PROJECT_ROOT"),
			text("env", "", "the environment's `NAME`: lake.NAME.toml and .env.NAME lie over lake.toml and .env", "BEDROT_ENV"),
			yes("json", "print listings as JSON"), yes("quiet", "say only what is wrong"), yes("verbose", "log every statement"),
			text("log-format", "text", "`FORMAT` of the log: text or json"),
		},
		Commands: slices.Concat(a.nightCommands(), a.questionCommands(), a.lakeCommands()),
	}
	for _, command := range program.Commands {
		command.OnUsageError = program.OnUsageError
	}
	return program
}

// nightCommands bring data in, build it, and hand it on.
func (a *app) nightCommands() []*cli.Command {
	dry := yes("dry-run", "say what would be done, and why, and change nothing")
	choose := flags{texts("only", "only these: `source[/stream][:account]`"), texts("except", "all but these: `source[/stream][:account]`"), dry}
	date := text("date", "", "the run's `DATE`, for scripts that ask for it (default: today)")
	full := slices.Concat(flags{yes("full", "build every table whole")}, choose, flags{date}, engine())
	fetch := flags{
		text("since", "", "fetch from this `DATE` on; what is final in the lake is left out"),
		text("until", "", "fetch up to this `DATE`"),
		yes("again", "fetch what was fetched a short while ago, or is final, too"),
		text("record", "", "write what services answer below `DIR`, without secrets and names, as fixtures"),
	}
	return []*cli.Command{
		command("init", "[DIR]", "make an empty lake", a.initLake),
		command("demo", "[DIR]", "make a lake of invented data, build it, and say what to try", a.demo,
			yes("live", "fetch what programs can fetch, from servers on this machine, by the real extractors and a real Chromium"),
			amount("nights", extract.DemoNights, "how many of its nights: 1 is the quickest look"),
			amount("scale", 1, "how much: 1 is a few thousand lines, 100 a benchmark"), date, engine()[0], engine()[1]),
		command("import", "FILE…", "land files", a.importFiles, append(flags{
			text("source", "", "the files' source; found out by their content when not given"),
			text("stream", "", "the files' stream"),
			text("account", "", "the account they belong to (default: the source's first in lake.toml, else main)"),
			text("as-of captured-at", "", "when the source said it: `TIME` as 2025-05-22 or 2025-05-22T14:12:33Z"),
			yes("recursive r", "take whole folders, such as an old landing tree"),
			yes("mtime", "captured when the file was last written, where neither name nor content says when"),
			texts("set", "what only a file's name could say, as `NAME=VALUE`: artist=…, time_window=28day, song=…"),
		}, choose...)...),
		command("profile", "FILE", "what can be told of a file that no script reads: columns with types, what it is probably about; --draft writes a source's first files", a.profile,
			text("draft", "", "write script, declaration and fixture below `DIR`"),
			text("source", "", "the new source's `NAME`; made of the file's when not given"),
			text("stream", "export", "the stream's `NAME`")),
		command("extract", "", "fetch what is due from every source that is configured, and land it", a.inLake(a.extract), slices.Concat(fetch, choose)...),
		command("run", "", "the nightly job: fetch what is due, take the inbox and the catalog of names, build, publish, export", a.inLake(a.nightly), slices.Concat(flags{
			yes("failed", "only what failed in the last run"),
			texts("skip", "leave out steps: "+strings.Join(build.Steps(), ", ")),
		}, fetch, full)...),
		command("build", "", "bring every table up to date with what has landed", a.inLake(a.build), full...),
		command("export", "postgres", "publish the curated tables into a database, all at once: postgres", a.export, append(flags{
			dry,
			yes("diff", "change nothing, and count the rows to add, change and remove"),
			yes("full", "compare every row, not only the partitions that changed"),
			text("as-of", "", "publish an older version: `DATE|VERSION`"),
			texts("accept", "what may be lost: a `TABLE` (its rows may go), or TABLE.COLUMN (it may go or become narrower)"),
			yes("roles", "print the SQL that makes the roles, for the server's administrator"),
		}, engine()...)...),
	}
}

// questionCommands tell what is in a lake.
func (a *app) questionCommands() []*cli.Command {
	asOf := text("as-of", "", "answer from the version of a day, a time or a run: `DATE|VERSION`")
	limit := timeout("stop a statement after `DURATION`; 0 never")
	return []*cli.Command{
		command("status", "", "what each account last delivered, and what waits for a person", a.status, yes("check", "for a monitor: say only what is wrong, and exit 1 if anything is")),
		command("drops", "[accept|withdraw ID]", "the drops and what became of them; accept or withdraw one", a.drops),
		command("rejects", "[TABLE]", "rows that were rejected, why, and their original lines", a.rejects,
			amount("limit", 20, "rows to show"), text("as-case", "", "write fixture cases of them below `DIR`, with names, ids and amounts replaced")),
		command("query", "'SQL'", "answer SQL about raw, staging, curated, feeds and meta", a.query, append(flags{
			text("file f", "", "read the SQL from `FILE`"),
			text("output o", "", "`FORMAT`: "+strings.Join(export.Formats(), ", ")+", parquet (default: table on a terminal, else csv)"),
			text("out", "", "write to `FILE`"), limit, rows(5_000_000, "stop an answer after `N` rows; 0 never, and parquet never"), asOf,
		}, engine()...)...),
		command("shell", "", "ask one question after the other; statements end with a semicolon, .help says more", a.shell, append(flags{
			text("history", "", "remember inputs in `FILE`", "BEDROT_HISTORY"), asOf, limit, rows(100_000, "stop an answer after `N` rows; 0 never"),
		}, engine()...)...),
		{Name: "pager", Hidden: true, Action: a.pager},
		command("tables", "[TABLE]", "the tables, or one table's columns", a.tables,
			yes("path", "print the folder of its Parquet files"), yes("sql", "print how the table comes about, as SQL that any DuckDB runs"), asOf),
		command("sources", "[NAME]", "the sources; of one, what it gives, how to export it by hand, its limits and traps", a.sources),
		command("lineage", "TABLE|DROP", "from a table's rows back to files, lines and the lines' text; --down: what stands on a table or drop", a.lineage,
			yes("down", "which tables, partitions and checks stand on it"), text("output o", "", "`FORMAT`: mermaid draws it"),
			text("where", "", "which rows: an SQL `CONDITION`"), amount("limit", 20, "lines to print"), asOf),
		command("diff", "[FROM [TO]] TABLE", "what changed in a table between two versions (default: the last two)", a.diff, amount("limit", 20, "rows to print")),
	}
}

// lakeCommands look after a lake and what it needs around it.
func (a *app) lakeCommands() []*cli.Command {
	logins := command("session", "[list|login|import|export|test|forget] [SOURCE|FILE]", "logins that are kept: list them, log in, import and export them, test whether they work, forget them", a.sessions,
		text("source", "", "whose login the FILE of import is"),
		text("account", "", "the source's account; need not be named where there is only one"),
		timeout("how long a person may take to log in"),
		text("to", "", "export to `FILE` (default: standard output)"),
		text("recipient", "", "export for whoever has the key of this public `KEY` of age (default: whoever knows BEDROT_SESSION_PASSPHRASE, or has BEDROT_SESSION_KEY)"))
	logins.Description = extract.LoginsHelp
	return []*cli.Command{
		command("rollback", "[DATE|VERSION]", "publish an older version again until --release; without a VERSION list those that are kept", a.inLake(a.rollback), yes("release", "let runs publish again")),
		command("prune", "", "what retention would pack and let go now; --apply does it (every good run does)", a.inLake(a.prune), yes("apply", "do it")),
		command("doctor", "", "what a lake needs around it: program, settings, permissions, disk, clock, scripts, names; each with a hint", a.doctor,
			yes("install-browser", "bring the driver of the browser, from npm or Playwright's own download")),
		logins,
		command("test", "[DIR]", "run the fixture cases below DIR", a.test, yes("update", "rewrite what is wanted with what came out"), text("junit", "", "also write a JUnit report to `FILE`")),
		command("check", "", "compare every file of the lake with its hash, and count its tables against their manifests", a.inLake(a.check),
			text("subset", "", "only the `K/N`th part of the files and tables: a month of nights checks all of them by 1/30, 2/30 …")),
		{Name: "errors", Usage: "every kind of error, and what it means", Hidden: true, Action: a.errorCodes, CustomHelpTemplate: export.ErrorHelp()},
		command("version", "", "this binary's and DuckDB's version", a.about),
	}
}

type flags = []cli.Flag

func command(name, args, usage string, action cli.ActionFunc, flags ...cli.Flag) *cli.Command {
	return &cli.Command{Name: name, ArgsUsage: args, Usage: usage, Action: action, Flags: flags}
}

// engine are the flags of whatever asks DuckDB.
func engine() flags {
	return flags{
		text("memory", "", "DuckDB's memory limit, such as 2GB", "BEDROT_MEMORY"),
		&cli.IntFlag{Name: "threads", Usage: "DuckDB's threads", EnvVars: []string{"BEDROT_THREADS"}},
	}
}

// text is a flag that says something; as in all of them, a short name may follow the name.
func text(name, value, usage string, env ...string) cli.Flag {
	names := strings.Fields(name)
	return &cli.StringFlag{Name: names[0], Aliases: names[1:], Value: value, Usage: usage, EnvVars: env}
}

func yes(name, usage string) cli.Flag {
	names := strings.Fields(name)
	return &cli.BoolFlag{Name: names[0], Aliases: names[1:], Usage: usage}
}

func texts(name, usage string) cli.Flag { return &cli.StringSliceFlag{Name: name, Usage: usage} }

func amount(name string, n int, usage string) cli.Flag {
	return &cli.IntFlag{Name: name, Value: n, Usage: usage}
}

func rows(n int64, usage string) cli.Flag {
	return &cli.Int64Flag{Name: "max-rows", Value: n, Usage: usage}
}

func timeout(usage string) cli.Flag {
	return &cli.DurationFlag{Name: "timeout", Value: 10 * time.Minute, Usage: usage}
}

// argument is a command's first, or what stands for it.
func argument(c *cli.Context, otherwise string) string {
	if c.Args().Present() {
		return c.Args().First()
	}
	return otherwise
}

func (a *app) open(c *cli.Context) (*zones.Lake, error) {
	return zones.Open(c.String("lake"), c.String("env"), a.files)
}

// inLake opens the lake for an action that needs one.
func (a *app) inLake(do func(*cli.Context, *zones.Lake) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		lake, err := a.open(c)
		if err != nil {
			return err
		}
		return do(c, lake)
	}
}

// catalog loads the scripts in force once per command.
func (a *app) catalog(ctx context.Context, lake *zones.Lake) (catalog *script.Catalog, err error) {
	if a.scripts == nil {
		a.scripts, err = sql.Load(ctx, lake)
	}
	return a.scripts, err
}

// runJob runs over a lake as the flags ask for it, and tells how it went; the exit code is the report's.
func (a *app) runJob(c *cli.Context, lake *zones.Lake, now func() time.Time, arrivals ...build.Arrive) error {
	progress, command, skip := export.NewProgress(a.err, !a.talk.Quiet), c.Command.Name, c.StringSlice("skip")
	job := build.Job{
		Lake: lake, Catalog: func(ctx context.Context) (*script.Catalog, error) { return a.catalog(ctx, lake) }, Command: command, Memory: c.String("memory"), Threads: c.Int("threads"),
		Options: build.Options{Full: c.Bool("full"), RunDate: c.String("date"), Select: a.choice, DryRun: c.Bool("dry-run")}, Log: a.log, Now: now, Progress: progress.Step,
		SkipBuild: command == "extract" || slices.Contains(skip, "build"),
	}
	if command == "run" && !slices.Contains(skip, "export") {
		job.Deliver = func(ctx context.Context, journal *zones.Journal) []build.Finding {
			return build.Found(postgres.Deliver(ctx, journal, a.warehouse(c, lake), a.talk.Released)...)
		}
	}
	report, err := job.Run(c.Context, arrivals...)
	progress.Stop()
	if err != nil {
		return err
	}
	a.code, report.Fetched = report.ExitCode(), a.fetched
	if a.json {
		return export.JSON(a.out, report)
	}
	a.talk.Report(report)
	return nil
}

func (a *app) initLake(c *cli.Context) error {
	dir := argument(c, c.String("lake"))
	lake, err := zones.Init(dir, c.String("env"), a.files, a.now())
	if err == nil {
		a.talk.Say("a lake is ready in %s\nnext: put exports into %s, then: bedrot --lake %s run", lake.Root, lake.Path("inbox"), dir)
	}
	return err
}

func (a *app) demo(c *cli.Context) error {
	dir := argument(c, "demo-lake")
	demo, err := extract.OpenDemo(dir, extract.DemoConfig{Seed: 1987, Scale: c.Int("scale")}, c.Int("nights"), c.Bool("live"), a.now)
	if err != nil {
		return err
	}
	defer func() { _ = demo.Close() }()
	for night := 1; night <= demo.Nights; night++ {
		if err := a.demoNight(c, dir, demo, night); err != nil {
			return err
		}
	}
	a.code = build.ExitDone
	a.talk.Say("%s", demo.Try(dir))
	return nil
}

func (a *app) demoNight(c *cli.Context, dir string, demo *extract.Demo, night int) error {
	evening, now := demo.Clock(night)
	lake, err := zones.Init(dir, c.String("env"), a.files, evening)
	if err != nil {
		return err
	}
	a.talk.Say("night %d of %d", night, demo.Nights)
	arrive := []build.Arrive{func(ctx context.Context, w *zones.Writer, journal *zones.Journal) ([]build.Finding, error) {
		return nil, demo.Land(ctx, w, night, journal.Run())
	}, a.arrive(c, evening)}
	if live := demo.Live; live != nil {
		live.Now, lake.Config.Accounts = now, live.Accounts()
		arrive = append(arrive, a.fetch(c, func(r *extract.Runner) {
			r.Now = now
			live.Night(r)
		}))
	}
	return a.runJob(c, lake, now, arrive...)
}

// arrive takes the inbox and the catalog of names; what cannot be placed is found, not fatal.
func (a *app) arrive(c *cli.Context, now time.Time) build.Arrive {
	return func(ctx context.Context, w *zones.Writer, journal *zones.Journal) ([]build.Finding, error) {
		importer, err := a.importer(c, w, journal.Run(), now)
		if err != nil {
			return nil, err
		}
		found, err := importer.Arrive(ctx, func(file zones.Imported) { a.talk.Landed(file, c.Bool("dry-run")) })
		return build.Found(found...), err
	}
}

func (a *app) importer(c *cli.Context, w *zones.Writer, run string, now time.Time) (*extract.Importer, error) {
	catalog, err := a.catalog(c.Context, w.Lake)
	recogniser := sql.Recogniser{Catalog: catalog, Scratch: w.Scratch.Dir}
	return &extract.Importer{Lake: w, Recognise: recogniser.Recognise, Now: now, Run: run, Select: a.choice, DryRun: c.Bool("dry-run")}, err
}

func (a *app) importFiles(c *cli.Context) error {
	options := extract.ImportOptions{Source: c.String("source"), Stream: c.String("stream"), Account: c.String("account"), ModTime: c.Bool("mtime"), Tree: c.Bool("recursive"), Origin: "import"}
	if err := options.Say(c.StringSlice("set"), c.String("as-of")); err != nil {
		return err
	}
	if !c.Args().Present() {
		return zones.Usage("which files? bedrot import FILE…")
	}
	if err := a.choose(c); err != nil {
		return err
	}
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	return lake.Hold("import", a.now(), func(w *zones.Writer) error {
		run, err := w.NewRunID(a.now())
		if err != nil {
			return err
		}
		importer, err := a.importer(c, w, run, a.now())
		if err != nil {
			return err
		}
		importer.Placed = a.talk.Placed
		imported, err := importer.Import(c.Context, c.Args().Slice(), options)
		if err == nil {
			a.code = build.ExitOfImport(a.talk.Imported(c.Context, imported, options.Tree, c.Bool("dry-run")))
		}
		return err
	})
}

// choose reads --only and --except.
func (a *app) choose(c *cli.Context) (err error) {
	if a.choice, err = zones.ParseSelection(c.StringSlice("only"), c.StringSlice("except")); err != nil {
		return zones.Usage("%v", err)
	}
	return nil
}

// nightly runs the night, and tells whoever watches from outside that it has ended.
func (a *app) nightly(c *cli.Context, lake *zones.Lake) error {
	err := a.night(c, lake)
	code := a.code
	if err != nil {
		code = build.ExitOf(zones.AsError(c.Context, err))
	}
	if c.Bool("dry-run") {
		return err
	}
	if failed := extract.Heartbeat(c.Context, nil, a.values(lake).Heartbeat(lake.Config.Health), code); failed != nil {
		a.talk.Failure(failed)
	}
	return err
}

func (a *app) night(c *cli.Context, lake *zones.Lake) error {
	if err := a.choose(c); err != nil {
		return err
	}
	if err := build.CheckSteps(c.StringSlice("skip")); err != nil {
		return err
	}
	if c.Bool("failed") {
		failed, whole, found, err := lake.LastFailures("run", "build")
		switch {
		case err != nil:
			return err
		case found && !whole && len(failed) == 0:
			a.talk.Say("nothing failed in the last run")
			return nil
		case found && !whole:
			a.choice.Only = append(a.choice.Only, failed...)
			a.talk.Say("repeating %v", failed)
		}
	}
	var arrive []build.Arrive
	if !slices.Contains(c.StringSlice("skip"), "extract") {
		arrive = append(arrive, a.fetch(c))
	}
	if !slices.Contains(c.StringSlice("skip"), "import") {
		arrive = append(arrive, a.arrive(c, a.now()))
	}
	return a.runJob(c, lake, a.now, arrive...)
}

// warehouse is the exporter into the database that the environment names; nil when it names none.
func (a *app) warehouse(c *cli.Context, lake *zones.Lake) func(context.Context) (*postgres.Exporter, error) {
	return func(ctx context.Context) (*postgres.Exporter, error) {
		e, err := postgres.New(ctx, lake, a.values(lake).Env, a.catalog)
		if e != nil {
			e.Bedrot, e.Pause, e.Memory, e.Threads, e.Log, e.Now = built(), a.pause, c.String("memory"), c.Int("threads"), a.log, a.now
		}
		return e, err
	}
}

func (a *app) export(c *cli.Context) error {
	if c.Bool("roles") {
		_, err := io.WriteString(a.out, warehouse.Roles())
		return err
	}
	if c.Args().First() != "postgres" || c.Args().Len() != 1 {
		return zones.Usage("where to? bedrot export postgres")
	}
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	exporter, err := a.warehouse(c, lake)(c.Context)
	if err != nil {
		return err
	}
	if exporter == nil {
		return zones.Usage("which database? set %s, PGHOST or POSTGRES_HOST, in the environment or in .env", postgres.URLSetting)
	}
	version, err := a.version(lake, c.String("as-of"))
	if err != nil {
		return err
	}
	progress := export.NewProgress(a.err, !a.talk.Quiet)
	exporter.Step = progress.Step
	exporter.Options = postgres.Options{DryRun: c.Bool("dry-run") || c.Bool("diff"), Diff: c.Bool("diff"), AsOf: c.String("as-of") != "", Full: c.Bool("full"), Accept: c.StringSlice("accept")}
	report, err := exporter.Publish(c.Context, version)
	progress.Stop()
	if err != nil {
		return err
	}
	if a.talk.Warnings(report.Warnings) {
		a.code = build.ExitPartly
	}
	if a.json {
		return export.JSON(a.out, report)
	}
	a.talk.Released(report)
	return nil
}

func (a *app) extract(c *cli.Context, lake *zones.Lake) error {
	if err := a.choose(c); err != nil {
		return err
	}
	return a.runJob(c, lake, a.now, a.fetch(c))
}

// fetch asks sources for what is due, by a runner as set sets it up; what fails is found, not fatal.
func (a *app) fetch(c *cli.Context, set ...func(*extract.Runner)) build.Arrive {
	return func(ctx context.Context, w *zones.Writer, journal *zones.Journal) (findings []build.Finding, err error) {
		r := a.runner(c, w.Lake)
		if r.Backfill, err = extract.ParseBackfill(c.String("since"), c.String("until")); err != nil {
			return nil, err
		}
		r.Lake, r.Select, r.Again, r.DryRun, r.Record = w, a.choice, c.Bool("again"), c.Bool("dry-run"), c.String("record")
		r.Tell = func(o extract.Outcome) { a.talk.Fetched(o.Event()) }
		if a.fetcher != nil {
			a.fetcher(r)
		}
		for _, s := range set {
			s(r)
		}
		fetched, found, err := r.Arrive(ctx, journal)
		a.fetched = fetched
		if logins := a.logins(c, w.Lake); logins.Store != nil {
			found = append(found, logins.Warnings(a.choice)...)
		}
		return build.Found(found...), err
	}
}

// runner asks services, as a lake and the environment set them up.
func (a *app) runner(c *cli.Context, lake *zones.Lake) *extract.Runner {
	values := a.values(lake)
	return &extract.Runner{Sources: extract.Sources(), Values: values, Log: a.log, Now: a.now, Browser: values.Browser(), Tokens: a.tokens(lake)}
}

// values are the settings of a lake, or of none.
func (a *app) values(lake *zones.Lake) extract.Values { return extract.SettingsOf(lake, os.LookupEnv) }

// store is where logins are kept; nil where there is no such place.
func (a *app) store(lake *zones.Lake) *session.Store {
	return a.values(lake).Store(cmp.Or(a.state, session.StateDir(os.Getenv("XDG_STATE_HOME"))), a.now)
}

// tokens is the store as sources see it; nil, and not a store of nowhere, where there is none.
func (a *app) tokens(lake *zones.Lake) extract.Tokens {
	if store := a.store(lake); store != nil {
		return store
	}
	return nil
}

// logins are those that are kept on this machine; a lake of nil has no say.
func (a *app) logins(c *cli.Context, lake *zones.Lake) *extract.Logins {
	values := a.values(lake)
	l := &extract.Logins{
		Sources: extract.Sources(), Store: a.store(lake), Values: values, Browser: values.Browser(), Limit: c.Duration("timeout"), Say: a.talk.Say, Log: a.log, Now: a.now,
	}
	if lake != nil {
		l.Config = &lake.Config
	}
	l.Browser.Display = browser.Screen(os.LookupEnv)
	if export.IsTerminal(a.in) && export.IsTerminal(a.err) {
		l.Ask = func(question string) (string, error) { return export.AskSecret(c.Context, a.in, a.err, question) }
	}
	return l
}

// sessions is bedrot session; it needs no lake.
func (a *app) sessions(c *cli.Context) error {
	lake, err := a.open(c)
	if err != nil && (zones.AsError(c.Context, err).Code != "lake_missing" || c.IsSet("lake")) {
		return err
	}
	told, err := a.logins(c, lake).Do(c.Context, extract.Errand{
		Args: c.Args().Slice(), Source: c.String("source"), Account: c.String("account"), To: c.String("to"), Recipient: c.String("recipient"), In: a.in, Out: a.out,
	})
	for _, failed := range told.Failed {
		if !a.json {
			a.talk.Failure(failed)
		}
	}
	a.code = build.ExitOfLogins(told.Failed)
	return errors.Join(export.Lines(a.out, a.json, told.Whole, told.Lines), err)
}

func (a *app) build(c *cli.Context, lake *zones.Lake) error {
	if err := a.choose(c); err != nil {
		return err
	}
	return a.runJob(c, lake, a.now)
}

// session opens a version for questions, the published one unless --as-of says otherwise; writable is
// the one path it may write.
func (a *app) session(c *cli.Context, writable string, ask func(*query.Session) error) error {
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	version, err := a.version(lake, c.String("as-of"))
	if err != nil {
		return err
	}
	return query.Ask(c.Context, lake, version, a.options(c, lake, writable), ask)
}

func (a *app) options(c *cli.Context, lake *zones.Lake, writable string) query.Options {
	return query.Options{
		Options: duck.Options{Memory: c.String("memory"), Threads: c.Int("threads"), Spill: lake.Config.Spill},
		Scripts: sql.Scripts(), Writable: writable, Confine: a.confine, Timeout: c.Duration("timeout"), MaxRows: c.Int64("max-rows"),
	}
}

// version is the one somebody asked for, and says which that is; nil when nobody did.
func (a *app) version(lake *zones.Lake, asked string) (*zones.Version, error) {
	if asked == "" {
		return nil, nil
	}
	found, err := lake.FindVersion(asked)
	if err != nil {
		return nil, err
	}
	a.talk.Found(asked, found)
	return found.Version, nil
}

func (a *app) query(c *cli.Context) error {
	question := export.Question{Script: c.String("file"), Words: c.Args().Slice(), In: a.in, Format: c.String("output"), File: c.String("out"), Out: a.out}
	if err := question.Settle(); err != nil {
		return err
	}
	return a.session(c, question.File, func(s *query.Session) error { return question.Answer(c.Context, s) })
}

// shell answers on a terminal line by line, and elsewhere what a stream says.
func (a *app) shell(c *cli.Context) (err error) {
	s := &export.Shell{In: a.in, Out: a.out, Err: a.err, Quiet: a.talk.Quiet, Catalog: a.catalog, Now: a.now}
	if err := s.Open(c.String("history"), session.StateDir(os.Getenv("XDG_STATE_HOME"))); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return a.session(c, "", func(opened *query.Session) error {
		s.Session = opened
		ok, err := s.Serve(c.Context, func() { os.Exit(build.ExitInterrupted) })
		if !ok {
			a.code = build.ExitFailed
		}
		return err
	})
}

// pager is the shell's child that shows long answers.
func (a *app) pager(*cli.Context) error {
	return export.ServePager(a.in, a.out, a.err, os.Getenv("PAGER"), os.Environ())
}

// listing opens a session and the catalog for commands that list what is in a lake; --json prints
// what they would show.
func (a *app) listing(c *cli.Context, show func(export.Listing) error) error {
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	// Before the session: behind its fence nothing remembers plans.
	if _, err := a.catalog(c.Context, lake); err != nil {
		return err
	}
	return a.session(c, "", func(s *query.Session) error { return show(a.list(s)) })
}

func (a *app) list(s *query.Session) export.Listing {
	return export.Listing{Session: s, Catalog: a.scripts, Out: a.out, JSON: a.json, Now: a.now()}
}

func (a *app) status(c *cli.Context) error {
	return a.listing(c, func(l export.Listing) error {
		paths, err := extract.Waiting(l.Session.Lake)
		if err != nil {
			return err
		}
		recogniser := sql.Recogniser{Catalog: l.Catalog, Scratch: l.Session.Scratch()}
		healthy, err := l.Status(recogniser.Explain(c.Context, l.Session.Lake, paths), c.Bool("check"))
		if err == nil && c.Bool("check") && !healthy {
			a.code = build.ExitFailed
		}
		return err
	})
}

func (a *app) tables(c *cli.Context) error {
	if c.Bool("sql") && !c.Args().Present() {
		return zones.Usage("which table? bedrot tables curated.royalties --sql")
	}
	return a.listing(c, func(l export.Listing) error {
		if c.Bool("sql") {
			return l.SQL(c.Context, c.Args().First())
		}
		return l.Tables(c.Args().First(), c.Bool("path"))
	})
}

// sources needs no lake: with one, its own scripts, accounts and settings count too.
func (a *app) sources(c *cli.Context) error {
	lake, err := a.open(c)
	if err != nil {
		lake = nil
	}
	catalog, err := a.catalog(c.Context, lake)
	if err != nil {
		return err
	}
	guides, err := extract.Guides(c.Args().Slice(), lake, a.values(lake), a.tokens(lake), a.now(), catalog.Gives)
	switch {
	case err != nil:
		return err
	case c.Args().Present():
		return a.show(guides[0], guides[0].Whole())
	}
	return a.show(guides, guides.String())
}

// show prints what is asked for: as JSON, or as a text.
func (a *app) show(whole any, text string) error {
	if a.json {
		return export.JSON(a.out, whole)
	}
	export.Talk{Out: a.out}.Tell("%s", text)
	return nil
}

func (a *app) rejects(c *cli.Context) error {
	return a.listing(c, func(l export.Listing) error {
		if dir := c.String("as-case"); dir != "" {
			return l.RejectsAsCases(c.Context, dir, c.Args().First(), c.Int("limit"))
		}
		return l.Rejects(c.Context, c.Args().First(), c.Int("limit"))
	})
}

// profile needs no lake.
func (a *app) profile(c *cli.Context) error {
	if c.Args().First() == "" {
		return zones.Usage("which file? bedrot profile FILE")
	}
	profiling := export.Profiling{Out: a.out, JSON: a.json, Talk: a.talk, Dir: c.String("draft"), Source: c.String("source"), Stream: c.String("stream")}
	return profiling.File(c.Context, c.Args().First())
}

func (a *app) lineage(c *cli.Context) error {
	if !c.Args().Present() {
		return zones.Usage("which table? bedrot lineage curated.royalties --where \"sale_month = '2025-01'\"")
	}
	drawn := c.String("output") == "mermaid"
	if !drawn && c.String("output") != "" {
		return zones.Usage("lineage -o %s: only mermaid", c.String("output"))
	}
	if c.Bool("down") {
		return a.listing(c, func(l export.Listing) error { return l.Down(c.Args().First(), drawn) })
	}
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	if a.scripts, err = sql.LoadLinked(c.Context, lake, c.Args().First()); err != nil {
		return err
	}
	return a.listing(c, func(l export.Listing) error {
		return l.Lineage(c.Context, c.Args().First(), query.LineageOptions{Where: c.String("where"), Limit: c.Int("limit")}, drawn)
	})
}

func (a *app) drops(c *cli.Context) error {
	verdict := zones.Verdict(c.Args().First())
	if verdict == "" {
		return a.listing(c, func(l export.Listing) error { return l.Drops() })
	}
	if (verdict != zones.Accept && verdict != zones.Withdraw) || c.Args().Len() != 2 {
		return zones.Usage("bedrot drops, bedrot drops accept ID, or bedrot drops withdraw ID")
	}
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	return lake.Hold("drops", a.now(), func(w *zones.Writer) error {
		drop, err := w.FindDrop(c.Args().Get(1))
		if err == nil {
			err = w.Decide(drop, verdict, a.now())
		}
		if err == nil {
			a.talk.Say("%s drop %s: %s\nnext: bedrot run", drop.Where(), drop.ID, verdict)
		}
		return err
	})
}

func (a *app) diff(c *cli.Context) error {
	args := c.Args().Slice()
	if len(args) < 1 || len(args) > 3 {
		return zones.Usage("bedrot diff [FROM [TO]] TABLE")
	}
	lake, err := a.open(c)
	if err != nil {
		return err
	}
	table, versions := args[len(args)-1], append(args[:len(args)-1:len(args)-1], "", "")
	older, newer, err := lake.Pair(versions[0], versions[1], a.talk.Found)
	if err != nil {
		return err
	}
	return query.Ask(c.Context, lake, newer, a.options(c, lake, ""), func(s *query.Session) error {
		if _, err := a.catalog(c.Context, lake); err != nil {
			return err
		}
		return a.list(s).Diff(c.Context, older, table, c.Int("limit"))
	})
}

func (a *app) rollback(c *cli.Context, lake *zones.Lake) error {
	if !c.Args().Present() && !c.Bool("release") {
		return export.Versions(a.out, lake, a.json)
	}
	return lake.Hold("rollback", a.now(), func(w *zones.Writer) error {
		if c.Bool("release") {
			pin, err := w.Release(a.now())
			if err == nil {
				a.talk.Say("version %s stays published until the next run publishes again\nnext: bedrot run", pin.Version)
			}
			return err
		}
		found, err := w.FindVersion(c.Args().First())
		if err != nil {
			return err
		}
		a.talk.Found(c.Args().First(), found)
		if err = w.Rollback(found.Version, a.now()); err == nil {
			a.talk.Say("published again: version %s. Runs land what arrives, but publish nothing\nnext: bedrot rollback --release   once what was wrong is put right", found.Run)
		}
		return err
	})
}

func (a *app) prune(c *cli.Context, lake *zones.Lake) error {
	acts, err := lake.Plan(lake.Config.Retention, a.now())
	if err != nil || !c.Bool("apply") {
		return errors.Join(err, export.Retention(a.out, acts, false, a.json))
	}
	return lake.Hold("prune", a.now(), func(w *zones.Writer) error {
		if acts, err = w.Plan(lake.Config.Retention, a.now()); err == nil {
			acts, err = w.Apply(c.Context, acts)
		}
		return errors.Join(err, export.Retention(a.out, acts, true, a.json))
	})
}

func (a *app) check(c *cli.Context, lake *zones.Lake) error {
	subset, err := zones.ParseSubset(c.String("subset"))
	if err != nil {
		return zones.Usage("--subset: %v", err)
	}
	var checked export.Checked
	if checked.Verified, checked.Reconciled, err = query.Check(c.Context, lake, subset, a.options(c, lake, ""), a.catalog); err != nil {
		return err
	}
	if !checked.Sound() {
		a.code = build.ExitFailed
	}
	return checked.Print(a.out, a.json)
}

func (a *app) doctor(c *cli.Context) error {
	d := query.Doctor{Root: c.String("lake"), Env: c.String("env"), Files: a.files, Now: a.now(), Load: a.catalog, Names: sql.Misfit}
	d.Probes = func(ctx context.Context, lake *zones.Lake) (findings []query.Finding) {
		for _, probed := range a.runner(c, lake).Probe(ctx, lake) {
			findings = append(findings, query.Finding(probed))
		}
		if exporter, err := a.warehouse(c, lake)(ctx); err == nil && exporter != nil {
			findings = append(findings, exporter.Examine(ctx)...)
		}
		return findings
	}
	if c.Bool("install-browser") {
		dir, err := browser.Install(c.Context)
		if err != nil {
			return &zones.Error{Code: "browser_missing", What: err.Error(), Next: "see the message"}
		}
		a.talk.Say("the browser's driver is in %s", dir)
	}
	findings := d.Examine(c.Context)
	if !query.Well(findings) {
		a.code = build.ExitFailed
	}
	return export.Diagnosis(a.out, findings, a.json)
}

func (a *app) test(c *cli.Context) error {
	dir := argument(c, "testdata")
	catalog, err := sql.Load(c.Context, nil)
	if err != nil {
		return err
	}
	suite, err := fixture.RunAll(c.Context, dir, fixture.Runner{
		Catalog: catalog, Scripts: sql.Scripts(), Log: a.log, Update: c.Bool("update"), Thorough: !c.Bool("update"),
	}, func(r fixture.Result) { a.talk.Say("%s", r) })
	if err != nil {
		return err
	}
	if err := suite.WriteJUnit(c.String("junit")); err != nil {
		return err
	}
	a.talk.Tell("%d cases, %d failed", len(suite.Results), suite.Failed)
	problems, err := fixture.CheckPromise(catalog, dir, c.Bool("update"))
	for _, problem := range problems {
		a.talk.Tell("schema: %s", problem)
	}
	if suite.Failed+len(problems) > 0 {
		a.code = build.ExitFailed
	}
	return err
}

func (a *app) errorCodes(c *cli.Context) error {
	if a.json {
		return export.JSON(a.out, zones.Codes())
	}
	_, err := io.WriteString(a.out, export.ErrorHelp())
	return err
}

func (a *app) about(c *cli.Context) error {
	engine, err := duck.Version(c.Context)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "bedrot %s, DuckDB %s, %s, lake format %d\n", built(), engine, runtime.Version(), zones.Format)
	return err
}

// built is this binary's version.
func built() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "(unknown)"
}
