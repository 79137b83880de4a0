package read

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// utf16le is text with a byte order mark, as Meta Business Suite writes it.
func utf16le(text string) string {
	bytes := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		bytes = append(bytes, byte(unit), byte(unit>>8))
	}
	return string(bytes)
}

func blocksSpec() Spec {
	s := spec("Age|Age & gender", "Women", "[Top cities]", "[Value]")
	s.Records = "{title}[]"
	return s
}

// TestBlocks reads tables that stand one below the other, each under its title and its own header.
func TestBlocks(t *testing.T) {
	const row = `"18-24","4.2%",,,"Age & gender",,`
	const city = `,,"Lyon, France","1.5%","Top cities",,`
	for about, c := range map[string]struct {
		text, want, extra string
	}{
		"as exported": {
			utf16le("sep=,\n\"Age & gender\"\n\"Age\",\"Women\"\n\"18-24\",\"4.2%\"\n\n\"Top cities\"\n\"Top cities\",\"Value\"\n\"Lyon, France\",\"1.5%\"\n\n"),
			row + "\n" + city + "\n", "",
		},
		"saved again with semicolons": {
			"sep=;\r\nAge & gender;\r\nAge;Women\r\n18-24;4.2%\r\n;\r\nTop cities;;\r\nTop cities;Value;\r\nLyon, France;1.5%;\r\n",
			row + "\n" + city + "\n", "",
		},
		"no name above the first column": {"\"Age & gender\"\n\"\",Women\n18-24,4.2%\n", row + "\n", ""},
		"no titles":                      {"Age,Women\n18-24,4.2%\n\nTop cities,Value\n\"Lyon, France\",1.5%\n", `"18-24","4.2%",,,,,` + "\n" + `,,"Lyon, France","1.5%",,,` + "\n", ""},
		"a title apart from its table":   {"Age & gender\n\nAge,Women\n18-24,4.2%\n", row + "\n", ""},
		"a column nobody declared":       {"Age & gender\nAge,Women,Men\n18-24,4.2%,3%\n", `"18-24","4.2%",,,"Age & gender","{""Men"":""3%""}",` + "\n", "Men"},
		"bad rows in their place": {
			"Age,Women\n18-24\n18-24,\"4.2\n18-24,4,2\n\nAge,Women\n25-34,1%\n",
			`,,,,,,"1 fields where 2 are expected"` + "\n" + `,,,,,,"a stray quote"` + "\n" + `,,,,,,"3 fields where 2 are expected"` + "\n" + `"25-34","1%",,,,,` + "\n", "",
		},
	} {
		table, err := prepare(t, blocksSpec(), c.text)
		if err != nil {
			t.Errorf("%s: %v", about, err)
			continue
		}
		got, err := os.ReadFile(table.Path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != c.want {
			t.Errorf("%s:\n%s want\n%s", about, got, c.want)
		}
		if table.Records != int64(strings.Count(c.want, "\n")) || strings.Join(table.ExtraNames, ",") != c.extra {
			t.Errorf("%s: %d records, %d bad, extra %v", about, table.Records, table.Bad, table.ExtraNames)
		}
		fits, err := Fit(t.Context(), Member{Name: "x.csv", Path: put(t, "x.csv", c.text)}, blocksSpec())
		if err != nil || !fits.OK {
			t.Errorf("%s: %+v %v", about, fits, err)
		}
	}
}

// TestBlocksThatAreNone are refused, and a row is found where it stands.
func TestBlocksThatAreNone(t *testing.T) {
	for about, text := range map[string]string{
		"a column is missing": "Age,Men\n18-24,4.2%\n", "headers only": "Age,Women\n\nTop cities,Value\n", "one line": "Age & gender\n", "a workbook": "PK\x03\x04",
	} {
		_, err := prepare(t, blocksSpec(), text)
		var refused *Rejected
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", about, err)
		}
	}
	private := blocksSpec()
	private.Refuse = []string{"e-mail"}
	if _, err := prepare(t, private, "Age,Women,E-mail\n18-24,4.2%,x\n"); err == nil || !strings.Contains(err.Error(), "personal") {
		t.Errorf("%v", err)
	}
	m := Member{Name: "x.csv", Path: put(t, "x.csv", "Age & gender\nAge,Women\n18-24,1%\n25-34,2%\n\nTop cities,Value\nLyon,3%\n")}
	lines, err := Lines(t.Context(), m, blocksSpec(), []int64{1, 3})
	if err != nil || len(lines) != 2 || lines[1].Line != 7 || lines[1].Text != "Lyon,3%" {
		t.Errorf("%+v %v", lines, err)
	}
	for expression, want := range map[string]string{"{title}[]": "title", "{title}": "", "[]": "", "{a=b}[]": "", "x.{title}[]": "", "{a}[] | {b}[]": "", "": ""} {
		if got := BlockTitle(expression); got != want {
			t.Errorf("%q is %q", expression, got)
		}
	}
	if !slices.Equal(filled([]string{"a", "", " "}), []string{"a"}) {
		t.Error("what a spreadsheet pads with is kept")
	}
}
