package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bedrot/export"
	"bedrot/sql"
	"bedrot/sql/duck"
	"bedrot/sql/query"
	"bedrot/zones"
)

// canary stands in files that no question may reach.
const canary = "CANARY-7731"

// hostile statements try to read outside the lake, to write anywhere, or to loosen the fence. LAKE,
// SECRET (a file outside) and OUT (a folder outside) are put in.
var hostile = strings.Split(strings.TrimSpace(`
from 'SECRET'
from read_csv('SECRET')
from read_csv_auto('SECRET')
from read_text('SECRET')
from read_blob('SECRET')
from read_json('SECRET')
from read_ndjson('SECRET')
from read_json_objects('SECRET')
from read_parquet('SECRET')
from parquet_metadata('SECRET')
from parquet_schema('SECRET')
from parquet_kv_metadata('SECRET')
from parquet_file_metadata('SECRET')
from sniff_csv('SECRET')
from glob('OUT/*')
from read_text('OUT/*')
from read_text(['SECRET'])
from read_text('LAKE/../secret.csv')
from read_text('LAKE/raw/../../secret.csv')
from read_text('LAKE/lake.toml')
from read_text('LAKE/.env')
from read_text('LAKE/inbox/x.csv')
from read_text('LAKE/catalog/artists.csv')
from read_text('LAKE/landing/distrokid/bank/account=main/x')
from read_text('/etc/passwd')
from read_text('/proc/self/environ')
from read_text('/proc/self/cmdline')
from read_text('/dev/stdin')
from read_text('~/.bashrc')
from read_text('file://SECRET')
from read_csv('http://127.0.0.1:9/x.csv')
from read_parquet('s3://bucket/x.parquet')
from curated.royalties, 'SECRET'
select * from curated.royalties, read_text('SECRET')
select (select content from read_text('SECRET'))
with x as (from read_text('SECRET')) from x
from query('from read_text(''SECRET'')')
from query_table('SECRET')
select * from query('select 1')
describe from read_text('SECRET')
summarize from 'SECRET'
explain analyze copy (select 1) to 'OUT/x.csv'
explain analyze select * from read_text('SECRET')
EXPLAIN ANALYSE select 1
copy (select 1) to 'OUT/x.csv'
copy (select 1) to 'LAKE/raw/x.csv'
copy (select 1) to 'LAKE/versions/x.parquet' (format parquet, use_tmp_file false)
copy curated.royalties to 'LAKE/audit/x.csv'
export database 'OUT/db'
export database 'LAKE/raw/db'
import database 'OUT/db'
attach 'OUT/x.duckdb'
attach 'LAKE/raw/x.duckdb' as x
attach ':memory:' as x
detach memory
install httpfs
load httpfs
install httpfs from community
load 'OUT/x.duckdb_extension'
create table x as select 1
create view x as select 1
create or replace view curated.royalties as select 1
create macro trimmed(x) as 1
create secret x (type s3)
create persistent secret x (type s3)
create schema x
create type x as enum ('a')
create sequence x
drop view curated.royalties
alter view curated.royalties rename to x
insert into curated.royalties select * from curated.royalties
delete from curated.royalties
update curated.royalties set gross_usd = 0
truncate curated.royalties
set memory_limit = '100GB'
set global threads = 64
set enable_external_access = true
set lock_configuration = false
set allowed_directories = ['/']
set temp_directory = 'OUT'
set home_directory = 'OUT'
set log_query_path = 'OUT/log'
set enable_profiling = 'json'
set profiling_output = 'OUT/profile'
set file_search_path = 'OUT'
set variable x = 1
reset lock_configuration
pragma enable_profiling
pragma profiling_output = 'OUT/profile'
pragma enable_checkpoint_on_shutdown
checkpoint
force checkpoint
vacuum
begin transaction
call enable_logging(storage = 'file', storage_path = 'LAKE/raw')
select * from enable_logging(storage = 'file', storage_path = 'LAKE/audit')
from enable_logging(storage = 'file', storage_path = 'OUT/log')
from "enable_logging"(storage = 'file', storage_path = 'OUT/log')
select * from ENABLE_LOGGING('QueryLog', storage = 'file', storage_path = 'LAKE/versions')
describe from enable_logging(storage = 'file', storage_path = 'LAKE/raw')
summarize from enable_logging(storage = 'file', storage_path = 'LAKE/raw')
from json_execute_serialized_sql(json_serialize_sql('select 1'))
pragma json_execute_serialized_sql(json_serialize_sql('select 1'))
prepare x as select 1
execute x
deallocate x
select 1; copy (select 1) to 'OUT/x.csv'
select 1 /* ; */ ; -- ;
select 1; attach 'OUT/y.duckdb'
/* from x */ copy (select 1) to 'OUT/x.csv'
-- a comment\ncopy (select 1) to 'OUT/x.csv'
select getenv('HOME')
select * from duckdb_secrets()
comment on view curated.royalties is 'x'
use temp
`), "\n")

// fenced is what the child process says of each hostile statement.
type fenced struct{ Out, Err string }

// childFenced answers statements from stdin on one session of the lake, behind every fence.
func childFenced(in io.Reader, out io.Writer, root string) error {
	var statements []string
	if err := json.NewDecoder(in).Decode(&statements); err != nil {
		return err
	}
	answers, err := answerAll(context.Background(), root, statements, true)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(answers)
}

func answerAll(ctx context.Context, root string, statements []string, confine bool) ([]fenced, error) {
	opened, err := zones.Open(root, "", zones.Files{})
	if err != nil {
		return nil, err
	}
	version, err := opened.Current()
	if err != nil {
		return nil, err
	}
	s, err := query.Open(ctx, opened, version, query.Options{
		Options: duck.Options{Memory: "1GB", Threads: 1}, Scripts: sql.Scripts(), Confine: confine,
	})
	if err != nil {
		return nil, err
	}
	answers := make([]fenced, len(statements))
	for i, statement := range statements {
		var text bytes.Buffer
		w, err := export.Writer("csv", &text, s.Scratch())
		if err == nil {
			err = s.Run(ctx, statement, w)
		}
		answers[i].Out = text.String()
		if err != nil {
			answers[i].Err = err.Error()
		}
	}
	// What is left in the scratch folder, such as an unpacked file, is taken away behind the fence too.
	if err := os.MkdirAll(filepath.Join(s.Scratch(), "left", "behind"), 0o700); err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.Scratch()); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the scratch folder is still there: %w", err)
	}
	return answers, nil
}

func TestHostileStatements(t *testing.T) {
	l := newLake(t)
	l.ok("import", arrivals(l)[0])
	l.ok("run")
	l.inLake(".env", "SECRET="+canary)
	if err := os.Chmod(filepath.Join(l.root, ".env"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.inLake("inbox/x.csv", canary)
	secret := l.file("secret.csv", canary+"\n")
	outside := filepath.Dir(l.file("out/other.csv", canary+"\n"))
	if err := os.Symlink(secret, filepath.Join(l.root, "raw", "link.csv")); err != nil {
		t.Fatal(err)
	}
	statements := append([]string{}, hostile...)
	links := []string{"from read_text('LAKE/raw/link.csv')", "from read_csv('LAKE/raw/*.csv')"}
	replace := strings.NewReplacer("LAKE", l.root, "SECRET", secret, "OUT", outside, `\n`, "\n")
	for i := range statements {
		statements[i] = replace.Replace(statements[i])
	}
	if len(statements) < 60 {
		t.Fatalf("only %d statements", len(statements))
	}
	before := treeHash(t, filepath.Dir(l.root))

	t.Run("settings and gate alone", func(t *testing.T) {
		answers, err := answerAll(t.Context(), l.root, statements, false)
		judge(t, statements, answers, err)
	})
	t.Run("behind the kernel's fence", func(t *testing.T) {
		if what, ok := query.KernelFence(); !ok {
			t.Skip(what)
		}
		for _, link := range links {
			statements = append(statements, replace.Replace(link))
		}
		input, err := json.Marshal(statements)
		if err != nil {
			t.Fatal(err)
		}
		command := childCommand(t.Context(), []string{"BEDROT_TEST_FENCED=" + l.root})
		command.Stdin = bytes.NewReader(input)
		var talk bytes.Buffer
		command.Stderr = &talk
		output, err := command.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, talk.String())
		}
		var answers []fenced
		err = json.Unmarshal(output, &answers)
		judge(t, statements, answers, err)
	})
	if names := differences(before, treeHash(t, filepath.Dir(l.root))); len(names) > 0 {
		t.Errorf("a question changed %v", names)
	}
}

// harmlessAnswers are statements of the table that may be answered, because they answer nothing worth
// knowing.
var harmlessAnswers = []string{"select 1 /*", "select * from duckdb_secrets()"}

func judge(t *testing.T, statements []string, answers []fenced, err error) {
	t.Helper()
	if err != nil || len(answers) != len(statements) {
		t.Fatalf("%d answers to %d statements: %v", len(answers), len(statements), err)
	}
	for i, answer := range answers {
		if strings.Contains(answer.Out+answer.Err, canary) {
			t.Errorf("%s\nreads what it must not: %s", statements[i], answer.Out)
		}
		harmless := false
		for _, prefix := range harmlessAnswers {
			harmless = harmless || strings.HasPrefix(statements[i], prefix)
		}
		if answer.Err == "" && !harmless {
			t.Errorf("%s\nis answered: %s", statements[i], answer.Out)
		}
	}
}

// treeHash is the mode and the hash of every file below a folder.
func treeHash(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		sum := ""
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			hash := sha256.Sum256(data)
			sum = hex.EncodeToString(hash[:])
		}
		tree[path] = info.Mode().String() + " " + sum
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// What files say reaches terminals and spreadsheets as text, never as a command.
func TestWhatIsShownIsHarmless(t *testing.T) {
	t.Parallel()
	l := newLake(t)
	l.ok("import", l.file("bank_20250301_000000.tsv", bankFile("\n", sale{jan, "Evil \x1b[31m\u009b31mStore", isrc, "1", "-0.5"})))
	l.ok("run")
	for _, format := range []string{"table", "markdown"} {
		said := l.ok("query", "-o", format, "select store from curated.royalties")
		if strings.ContainsAny(said.out, "\x1b\u009b") || !strings.Contains(said.out, "Evil") {
			t.Errorf("%s lets an escape through: %q", format, said.out)
		}
	}
	for _, args := range [][]string{{"rejects"}, {"status"}, {"lineage", "curated.royalties"}, {"tables"}} {
		if said := l.run(args...); strings.ContainsAny(said.out+said.err, "\x1b\u009b") {
			t.Errorf("%v lets an escape through: %q", args, said.out)
		}
	}
	evil := `select unnest(['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1', chr(9) || '=1', chr(13) || '=1', '-0.5', '-', 'plain', 'a=b']) as cell, -0.5::decimal(3,1) as money`
	got := l.query(evil)
	want := []string{"'=1+1", "'+1+1", "'-1+1", "'@SUM(A1)", "'＝1", "'\t=1", "'\r=1", "-0.5", "'-", "plain", "a=b"}
	for i, row := range got {
		if row[0] != want[i] || row[1] != "-0.5" {
			t.Errorf("CSV cell %q, want %q; money %q", row[0], want[i], row[1])
		}
	}
	if said := l.ok("query", "-o", "ndjson", evil); !strings.Contains(said.out, `"cell":"=1+1"`) {
		t.Errorf("JSON is no spreadsheet, and yet: %s", said.out)
	}
}

func TestQueriesEnd(t *testing.T) {
	l := newLake(t)
	l.want(1, []string{"took longer than 200ms", "next: ", "--timeout"}, "query", "--timeout", "200ms", "select count(*) from range(1000000000) as a, range(1000000000) as b")
	l.want(1, []string{"took longer than 200ms"}, "query", "--timeout", "200ms", "with recursive r(n) as (select 1 union all select n + 1 from r) select n from r")
	said := l.want(1, []string{"more than 3 rows", "--max-rows 0"}, "query", "--max-rows", "3", "-o", "csv", "from range(10)")
	if said.out != "range\n0\n1\n2\n" {
		t.Errorf("written: %q", said.out)
	}
	l.ok("query", "--max-rows", "0", "from range(10)")
	l.want(1, []string{"Cannot create a string"}, "query", "select repeat('x', 10000000000)")
	l.want(1, []string{"--memory"}, "query", "--memory", "50MB", "select list(range) from range(100000000)")
}
