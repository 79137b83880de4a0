package build

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bedrot/zones"
)

// delivered is a drop with a partition per letter: "a3 b5" has three rows in a and five in b. A part's
// rows are the same in two drops when its text is; those of "a3?" tell nothing.
func delivered(id, parts string) *derived {
	d := &derived{ID: id, Account: "main", Members: []member{{Name: "x.csv"}, {Name: "y.csv"}}}
	for _, text := range strings.Fields(parts) {
		var rows int64
		_, _ = fmt.Sscanf(strings.TrimRight(text[1:], "'?"), "%d", &rows)
		d.Parts = append(d.Parts, rawPart{Key: text[:1], Values: []string{"main", text[:1]}, Rows: rows, Fingerprint: text, Untold: strings.HasSuffix(text, "?")})
		d.Records += rows
	}
	return d
}

func folding(shrink, rejects float64) *fold {
	return &fold{rules: rules{shrink, rejects}, winners: map[string]zones.Winner{}, verdicts: map[string]zones.Verdict{}}
}

// won lists each partition's winner.
func (f *fold) won() string {
	var list []string
	for _, winner := range f.sorted() {
		list = append(list, winner.Key+"="+winner.Drop)
	}
	return strings.Join(list, " ")
}

func TestFold(t *testing.T) {
	for about, c := range map[string]struct {
		drops []string
		won   string
		last  string // outcome and code of the last drop
	}{
		"a newer drop takes what it contains, and nothing else": {[]string{"a30 b30", "b31 c5"}, "a=1 b=2 c=2", "accepted "},
		"equal rows keep the older winner":                      {[]string{"a30", "a30"}, "a=1", "accepted "},
		"an older state may come back":                          {[]string{"a30", "a30'", "a30"}, "a=3", "accepted "},
		"less than the share may go":                            {[]string{"a300", "a280"}, "a=2", "accepted "},
		"more than the share is held":                           {[]string{"a300", "a200"}, "a=1", "held shrink"},
		"twenty rows may always go":                             {[]string{"a30", "a10"}, "a=2", "accepted "},
		"one more may not":                                      {[]string{"a31", "a10"}, "a=1", "held shrink"},
		"what grows makes up for nothing":                       {[]string{"a100 b100", "a50 b150"}, "a=1 b=1", "held shrink"},
		"two files that agree count once":                       {[]string{"a30 a30"}, "a=1", "accepted "},
		"two files that disagree hold the drop":                 {[]string{"a30 a30'"}, "", "held overlap"},
		"a day without rows takes the day away":                 {[]string{"a5 b5", "a5 b0"}, "a=1 b=2", "accepted "},
		"rows that tell nothing take nothing away":              {[]string{"a1 b1", "a1? b1'"}, "a=1 b=2", "accepted "},
		"but stand where nothing was told":                      {[]string{"a1?", "a2? b1?"}, "a=2 b=2", "accepted "},
		"and go when something is":                              {[]string{"a1?", "a1", "a1?"}, "a=2", "accepted "},
		"a day taken away is not told":                          {[]string{"a1 b1", "a1 b0", "b1?"}, "a=1 b=3", "accepted "},
	} {
		f := folding(0.10, 0.01)
		var result DropResult
		for i, parts := range c.drops {
			result = f.add(delivered(fmt.Sprint(i+1), parts))
			if sum := result.Winning + result.Unchanged + result.Superseded + result.HeldRows; result.Records-result.Rejected != sum {
				t.Errorf("%s: %d rows accepted, %d told", about, result.Records-result.Rejected, sum)
			}
		}
		if f.won() != c.won {
			t.Errorf("%s: %s, want %s", about, f.won(), c.won)
		}
		if got := result.Outcome + " " + result.Code; got != c.last {
			t.Errorf("%s: %s, want %s", about, got, c.last)
		}
	}
}

// lines is a drop of an answer in pages: "a1 b1 a2'" is the lines a and b of day 1 and a of day 2, the last
// of which says something else than a2 does.
func lines(id, texts string) *derived {
	d := &derived{ID: id, Account: "main", Members: []member{{Name: "x.json"}}}
	for _, text := range strings.Fields(texts) {
		line, day := text[:1], "2026-01-0"+text[1:2]
		d.Parts = append(d.Parts, rawPart{Key: text[:2], Values: []string{"main", "ad", day, line}, Rows: 1, Fingerprint: text})
		d.Records++
	}
	return d
}

func TestPages(t *testing.T) {
	for about, c := range map[string]struct {
		drops []string
		won   string
		gone  int64 // of the last drop
	}{
		"pages stand beside each other":             {[]string{"a1 a2", "b1 b2"}, "a1=1 a2=1 b1=2 b2=2", 0},
		"a page erases no days between its own":     {[]string{"a2 a3", "a1 a4 b1"}, "a1=2 a2=1 a3=1 a4=2 b1=2", 0},
		"a line that shifted is no newer answer":    {[]string{"a1 b1 c1", "c1' d1"}, "a1=1 b1=1 c1=2 d1=2", 0},
		"nor is the answer about one of several":    {[]string{"a1 b1 c1", "a1'"}, "a1=2 b1=1 c1=1", 0},
		"a newer answer takes its days whole":       {[]string{"a1 b1 a2 b2", "a1 b1 a2'"}, "a1=1 a2=2 b1=1", 1},
		"half of the lines are enough":              {[]string{"a1 b1", "a1'"}, "a1=2", 1},
		"days before and after it stay":             {[]string{"a1 b1 a2 b2 a3 b3", "a2'"}, "a1=1 a2=2 a3=1 b1=1 b3=1", 1},
		"days between its own are its own, too":     {[]string{"a1 a2 a3", "a1 a3"}, "a1=1 a3=1", 1},
		"lines that were only confirmed are as new": {[]string{"a1 b1 c1", "a1 b1 c1", "a1' b1'"}, "a1=3 b1=3", 1},
		"both pages of it take what both pages had": {[]string{"a1 b1", "c1 d1", "a1' b1' c1'"}, "a1=3 b1=3 c1=3", 1},
		"pages of it may come one by one":           {[]string{"a1 b1", "c1 d1", "a1' b1' c1'", "d1'"}, "a1=3 b1=3 c1=3 d1=4", 0},
		"a line may come back":                      {[]string{"a1 b1", "a1'", "a1 b1"}, "a1=3 b1=3", 0},
	} {
		f := folding(0.10, 0.01)
		f.pages = &pages{line: 3, day: 2, month: -1}
		var result DropResult
		for i, texts := range c.drops {
			result = f.add(lines(fmt.Sprint(i+1), texts))
			if result.Outcome != Accepted {
				t.Errorf("%s: %+v", about, result)
			}
		}
		won := strings.Join(slices.DeleteFunc(strings.Fields(f.won()), func(text string) bool {
			key, _, _ := strings.Cut(text, "=")
			return f.winners[key].Rows == 0
		}), " ")
		if won != c.won || result.Gone != c.gone {
			t.Errorf("%s: %s with %d gone, want %s with %d", about, won, result.Gone, c.won, c.gone)
		}
	}
}

// TestManyLinesAreHeld: what one answer lacks counts as any other loss.
func TestManyLinesAreHeld(t *testing.T) {
	f := folding(0.10, 0.01)
	f.pages = &pages{line: 3, day: 2, month: -1}
	var all, some []string
	for i := range 4 * 26 {
		all = append(all, fmt.Sprintf("%c%d", 'a'+i%26, 1+i/26))
		if i%26 < 18 {
			some = append(some, all[i])
		}
	}
	f.add(lines("1", strings.Join(all, " ")))
	if result := f.add(lines("2", strings.Join(some, " "))); result.Code != "shrink" || result.Gone != 0 {
		t.Errorf("%+v", result)
	}
}

func TestShrinkOfZeroHasNoFloor(t *testing.T) {
	f := folding(0, 0)
	f.add(delivered("1", "a30"))
	if result := f.add(delivered("2", "a29")); result.Code != "shrink" || !strings.Contains(result.Reason, "1 of 30") {
		t.Errorf("%+v", result)
	}
}

func TestRejectsHold(t *testing.T) {
	f := folding(0.10, 0.01)
	d := delivered("1", "a99")
	d.Records, d.Rejected = 100, 1
	if result := f.add(d); result.Outcome != Accepted {
		t.Errorf("one in a hundred is held: %+v", result)
	}
	d = delivered("2", "a98")
	d.Records, d.Rejected = 100, 2
	result := f.add(d)
	if result.Code != "max_rejects" || !strings.Contains(result.Reason, "2.00 %") || result.Next != "bedrot drops accept 2" {
		t.Errorf("%+v", result)
	}
}

func TestVerdicts(t *testing.T) {
	f := folding(0.10, 0.01)
	f.verdicts["2"], f.verdicts["3"] = zones.Accept, zones.Withdraw
	f.add(delivered("1", "a300"))
	if result := f.add(delivered("2", "a10")); result.Outcome != Accepted || f.won() != "a=2" {
		t.Errorf("an accepted drop does not win: %+v", result)
	}
	if result := f.add(delivered("3", "a400")); result.Outcome != Withdrawn || result.HeldRows != 400 || f.won() != "a=2" {
		t.Errorf("a withdrawn drop wins: %+v", result)
	}
	refused := &derived{ID: "4", Refused: &refusal{Code: "html", Why: "a page", File: "x.csv"}}
	if result := f.add(refused); result.Outcome != Refused || result.File != "x.csv" || f.won() != "a=2" {
		t.Errorf("%+v", result)
	}
}

// TestFoldResumes folds a history at once and in two goes, from any night: the same drops win.
func TestFoldResumes(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var drops []*derived
		for i := range 8 {
			var parts []string
			for key := byte('a'); key < 'f'; key++ {
				if chance.IntN(2) == 0 {
					parts = append(parts, fmt.Sprintf("%c%d", key, chance.IntN(60)))
				}
			}
			drops = append(drops, delivered(fmt.Sprint(i), strings.Join(parts, " ")))
		}
		whole := folding(0.10, 0.01)
		for _, d := range drops {
			whole.add(d)
		}
		cut := chance.IntN(len(drops))
		first := folding(0.10, 0.01)
		for _, d := range drops[:cut] {
			first.add(d)
		}
		second := folding(0.10, 0.01)
		for _, winner := range first.sorted() {
			second.winners[winner.Key] = winner
		}
		for _, d := range drops[cut:] {
			second.add(d)
		}
		if whole.won() != second.won() {
			t.Fatalf("at once %s, in two goes %s", whole.won(), second.won())
		}
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range [][3]string{
		{"0.1", "0.2", "0.300000000000000000"},
		{"", "1", "1.000000000000000000"},
		{"-0.000000000000000001", "0", "-0.000000000000000001"},
		{"99999999999999999999", "0.5", "99999999999999999999.500000000000000000"},
		{"x", "1", "NaN"},
	} {
		if got := addDecimals(c[0], c[1]); got != c[2] {
			t.Errorf("%s + %s = %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if !equalDecimals("1.50", "1.5") || equalDecimals("1.5", "1.500000000000000001") || equalDecimals("NaN", "NaN") {
		t.Error("decimals are compared by their text")
	}
}
