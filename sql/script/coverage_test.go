package script_test

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	bedrotsql "bedrot/sql"
)

// curated.data_coverage tells which columns a source never fills: a feed, or a column of one, that the
// tables below it do not count would look as if nobody had asked for it.
func TestCoverageCountsEveryFeedColumn(t *testing.T) {
	read := func(name string) string {
		text, err := fs.ReadFile(bedrotsql.Scripts(), name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	counted := read("curated/30_curated_feed_columns.sql") + read("curated/30_curated_royalty_columns.sql")
	// What the counts are by, and what says of a row when it is from and whether it is finished.
	by := []string{"source", "account", "date", "captured_on", "month", "reporting_month", "is_partial", "kind"}
	column := regexp.MustCompile(`null::.* as ([a-z]\w*)`)
	feeds, err := fs.Glob(bedrotsql.Scripts(), "feeds/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range feeds {
		feed := strings.TrimSuffix(path.Base(name), ".sql")
		before, _, found := strings.Cut(counted, "    from feeds."+feed+"\n")
		if !found {
			t.Errorf("curated.feed_columns does not read feeds.%s", feed)
			continue
		}
		counts := before[strings.LastIndex(before, " as (\n"):]
		for _, match := range column.FindAllStringSubmatch(read(name), -1) {
			if !slices.Contains(by, match[1]) && !strings.Contains(counts, "count("+match[1]+")") {
				t.Errorf("feeds.%s: %s is not counted", feed, match[1])
			}
		}
	}
}
