// Package mapping turns what a person writes about a distributor's or society's statement into the two
// scripts that bring it into feeds.royalties, so that a new statement needs no SQL.
package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"bedrot/sql/duck"
	"bedrot/sql/script"
)

// Source is the folder of landing and of the script catalog that statements belong to.
const Source = "statement"

// Mapping is one file NAME.toml: the stream statement/NAME.
type Mapping struct {
	Name  string `toml:"-"`
	Title string `toml:"title"`
	// Currency of every line, when no column says it; ISO 4217.
	Currency string `toml:"currency"`
	Columns  Columns
	Formats  Formats
	// Others are columns of the statement that nothing is made of; undeclared ones are reported as drift.
	Others []string `toml:"others"`
	// Adjustments are the types of lines that correct money and count no units. Negative lines always do.
	Adjustments []string `toml:"adjustments"`
	// Artificial are the types of lines that charge for artificial streams: corrections of a kind of their own.
	Artificial []string `toml:"artificial"`
	// Countries are codes of the statement's own → ISO 3166 alpha-2.
	Countries map[string]string `toml:"countries"`
	Stores    map[string]Store  `toml:"stores"`
}

// Columns say what the statement calls each thing; spellings of one are separated by " | ". Empty ones
// the statement does not have.
type Columns struct {
	ReportingDate string `toml:"reporting_date"`
	SaleDate      string `toml:"sale_date"`
	Artist        string `toml:"artist"`
	Title         string `toml:"title"`
	ISRC          string `toml:"isrc"`
	UPC           string `toml:"upc"`
	Store         string `toml:"store"`
	Country       string `toml:"country"`
	Units         string `toml:"units"`
	Amount        string `toml:"amount"`
	Currency      string `toml:"currency"`
	Type          string `toml:"type"`
}

// Formats say how the statement writes dates (strptime; the first that fits), numbers and countries.
type Formats struct {
	ReportingDate []string `toml:"reporting_date"`
	SaleDate      []string `toml:"sale_date"`
	Decimal       string   `toml:"decimal"`
	Thousands     string   `toml:"thousands"`
	// Country is "alpha-2" (the default) or "alpha-3", both of ISO 3166.
	Country string `toml:"country"`
}

// Store is what a store of the statement is; units are streams in class streaming only.
type Store struct {
	Platform string `toml:"platform"`
	Class    string `toml:"class"`
}

// people are columns of those who bought something (Bandcamp's sales have them): no statement lands with
// them, whatever mapping somebody writes for it.
var people = []string{"buyer name", "buyer email"}

var (
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	classes     = []string{"streaming", "download", "social", "ads"}
)

// Folder reads the mappings of a folder into scripts. What is wrong with one is told beside those of the
// others. Origin is as in script.Folder.
func Folder(files fs.FS, dir, origin string) (script.Folder, error) {
	folder := script.Folder{Origin: origin, Texts: map[string]string{}}
	names, err := fs.Glob(files, path.Join(dir, "*.toml"))
	if err != nil {
		return folder, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return folder, err
		}
		shown := path.Join(origin, name)
		m, problems := Read(strings.TrimSuffix(path.Base(name), ".toml"), shown, data)
		if len(problems) > 0 {
			folder.Problems = append(folder.Problems, problems...)
			continue
		}
		folder.Texts[Source+"/10_raw_"+m.Name+".sql"] = m.raw()
		folder.Texts[Source+"/20_staging_"+m.Name+".sql"] = m.staging()
	}
	return folder, nil
}

// Read reads one mapping.
func Read(name, shown string, data []byte) (Mapping, script.Problems) {
	m := Mapping{Name: name}
	decoder := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, script.Problems{decodeProblem(shown, err)}
	}
	if m.Formats.Decimal == "" {
		m.Formats.Decimal = "."
	}
	var problems script.Problems
	fault := func(format string, args ...any) {
		problems = append(problems, script.Problem{Path: shown, Text: fmt.Sprintf(format, args...)})
	}
	if !namePattern.MatchString(name) {
		fault("the file's name becomes the stream's: a-z, 0-9 and _ only, as in my_society.toml")
	}
	if m.Title == "" {
		fault("title is missing")
	}
	c := m.Columns
	for key, value := range map[string]string{"reporting_date": c.ReportingDate, "store": c.Store, "units": c.Units, "amount": c.Amount} {
		if value == "" {
			fault("[columns] %s is missing", key)
		}
	}
	if (c.Currency == "") == (m.Currency == "") {
		fault("either currency = \"EUR\" for every line, or [columns] currency: one of the two")
	}
	if len(m.Formats.ReportingDate) == 0 || c.SaleDate != "" && len(m.Formats.SaleDate) == 0 {
		fault(`[formats] reporting_date and sale_date say how dates are written (strptime), as in ["%%Y-%%m-%%d"]`)
	}
	if m.Formats.Decimal == m.Formats.Thousands {
		fault("[formats] decimal and thousands are the same")
	}
	if format := m.Formats.Country; format != "" && format != "alpha-2" && format != "alpha-3" {
		fault("[formats] country is %q: write alpha-2 or alpha-3", format)
	}
	for store, s := range m.Stores {
		if s.Platform == "" || !slices.Contains(classes, s.Class) {
			fault("[stores.%q] needs a platform and a class: %s", store, strings.Join(classes, ", "))
		}
	}
	slices.SortFunc(problems, func(a, b script.Problem) int { return strings.Compare(a.Text, b.Text) })
	return m, problems
}

func decodeProblem(shown string, err error) script.Problem {
	problem := script.Problem{Path: shown, Text: err.Error()}
	var strict *toml.StrictMissingError
	var decode *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		problem.Line, _ = strict.Errors[0].Position()
		problem.Text = "unknown key " + strings.Join(strict.Errors[0].Key(), ".")
	case errors.As(err, &decode):
		problem.Line, _ = decode.Position()
	}
	return problem
}

// field is one column of the raw script: what it is called here, and in the statement.
type field struct{ name, column string }

func (m Mapping) fields() []field {
	c := m.Columns
	all := []field{
		{"reporting_date", c.ReportingDate},
		{"sale_date", c.SaleDate},
		{"artist", c.Artist},
		{"title", c.Title},
		{"isrc", c.ISRC},
		{"upc", c.UPC},
		{"store", c.Store},
		{"country", c.Country},
		{"units", c.Units},
		{"amount", c.Amount},
		{"currency", c.Currency},
		{"line_type", c.Type},
	}
	return slices.DeleteFunc(all, func(f field) bool { return f.column == "" })
}

func (f field) spellings() []string {
	var names []string
	for _, name := range strings.Split(f.column, " | ") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// number is a number's text with a point and no separators.
func (m Mapping) number(column string) string {
	text := "trim(" + column + ")"
	if m.Formats.Thousands != "" {
		text = "replace(" + text + ", " + duck.Literal(m.Formats.Thousands) + ", '')"
	}
	if m.Formats.Decimal != "." {
		text = "replace(" + text + ", " + duck.Literal(m.Formats.Decimal) + ", '.')"
	}
	return text
}

func day(column string, formats []string) string {
	return "try_strptime(trim(" + column + "), " + duck.List(formats) + ")::date"
}

// raw is the script of the statement's lines, as text.
func (m Mapping) raw() string {
	var declared, selected []string
	own := map[string]string{}
	for _, f := range m.fields() {
		var names []string
		for _, name := range f.spellings() {
			names = append(names, duck.Ident(name))
		}
		declared = append(declared, strings.Join(names, " | "))
		own[f.name] = names[0]
		selected = append(selected, "    "+names[0]+" as "+f.name)
	}
	for _, name := range m.Others {
		declared = append(declared, "["+duck.Ident(name)+"]")
	}
	reporting := day(own["reporting_date"], m.Formats.ReportingDate)
	selected = append(selected, "    month_of("+reporting+") as reporting_month", "    strftime("+reporting+", '%Y-%m-%d') as reporting_day")
	reject := func(condition, text string) string {
		return "        when " + condition + " then " + duck.Literal(text)
	}
	is := func(text, pattern string) string {
		return "not coalesce(regexp_full_match(" + text + ", " + duck.Literal(pattern) + "), false)"
	}
	reasons := []string{reject(reporting+" is null", m.Columns.ReportingDate+" is no date as the mapping writes it: "+strings.Join(m.Formats.ReportingDate, " or "))}
	if own["sale_date"] != "" {
		reasons = append(reasons, reject(day(own["sale_date"], m.Formats.SaleDate)+" is null", m.Columns.SaleDate+" is no date as the mapping writes it: "+strings.Join(m.Formats.SaleDate, " or ")))
	}
	reasons = append(
		reasons,
		reject("trimmed("+own["store"]+") is null", m.Columns.Store+" is empty"),
		reject(is(m.number(own["units"]), `-?\d{1,18}(\.0+)?`), m.Columns.Units+" is not a whole number"),
		reject("not is_money("+m.number(own["amount"])+")", m.Columns.Amount+" is not a plain decimal number"),
	)
	if own["currency"] != "" {
		reasons = append(reasons, reject(is("trim("+own["currency"]+")", "[A-Za-z]{3}"), m.Columns.Currency+" is not three letters (ISO 4217)"))
	}
	return "-- One row per line of a statement of " + m.Title + ", as text.\n" +
		"-- format: csv\n" +
		"-- columns: " + strings.Join(declared, ",\n--     ") + "\n" +
		"-- refuse: " + strings.Join(people, ", ") + "\n-- partition: account, reporting_month, reporting_day\n-- money: amount\n-- shrink: 0\n-- max_rejects: 0\n--\n" +
		"-- Made of the mapping " + m.Name + ".toml. Lines have no key: equal lines are separate payments. A month\n" +
		"-- may come in several files, one a week: a file replaces the days it has. The day is text, since a\n" +
		"-- statement says nothing of the days between two of its own.\n" +
		"select\n" + strings.Join(selected, ",\n") + ",\n    case\n" + strings.Join(reasons, "\n") + "\n    end as reject_reason\nfrom landing\n"
}

// values is a CTE of literal rows.
func values(name string, columns []string, rows [][]string) string {
	var lines []string
	for _, row := range rows {
		quoted := make([]string, len(row))
		for i, value := range row {
			quoted[i] = duck.Literal(value)
		}
		lines = append(lines, "            ("+strings.Join(quoted, ", ")+")")
	}
	return name + " as (\n    select *\n    from (\n        values\n" + strings.Join(lines, ",\n") + "\n    ) as listed (" + strings.Join(columns, ", ") + ")\n),\n\n"
}

// staging is the script of the lines, typed as feeds.royalties wants them.
func (m Mapping) staging() string {
	has := map[string]bool{}
	columns := []string{"reporting_month", "account"}
	for _, f := range m.fields() {
		has[f.name] = true
		columns = append(columns, f.name)
	}
	text := func(name, expression string) string {
		if !has[name] {
			return "null::varchar"
		}
		return expression
	}
	sale := "month_of(" + day("lines.reporting_date", m.Formats.ReportingDate) + ")"
	if has["sale_date"] {
		sale = "month_of(" + day("lines.sale_date", m.Formats.SaleDate) + ")"
	}
	currency := duck.Literal(strings.ToUpper(m.Currency))
	if has["currency"] {
		currency = "upper(trim(lines.currency))"
	}
	amount := m.number("lines.amount") + "::decimal(24, 12)"
	adjusts := amount + " < 0"
	typed := func(kinds []string) string {
		keys := make([]string, len(kinds))
		for i, kind := range kinds {
			keys[i] = strings.ToLower(kind)
		}
		return "coalesce(list_contains(" + duck.List(keys) + ", name_key(lines.line_type)), false)"
	}
	if has["line_type"] && len(m.Adjustments) > 0 {
		adjusts = "(" + adjusts + " or " + typed(m.Adjustments) + ")"
	}
	artificial := ""
	if has["line_type"] && len(m.Artificial) > 0 {
		artificial = "when " + typed(m.Artificial) + " then 'artificial_streams' "
	}
	var b strings.Builder
	b.WriteString("-- One row per line of a statement of " + m.Title + ", typed; every line is money, also a repeated one.\n" +
		"-- partition: reporting_month\n-- key: none\n-- incremental: required\n" +
		"-- check: sale_month is not null and reporting_date is not null\n-- check: gross is not null\n-- feeds: royalties\n--\n" +
		"-- Made of the mapping " + m.Name + ".toml.\n" +
		"with lines as (\n    select " + strings.Join(columns, ", ") + ", _drop, _file, _row\n    from " + m.table("raw") + "\n),\n\n" +
		"rates as (\n    select currency, valid_from, valid_until, usd_per_unit\n    from staging.catalog__fx\n),\n\n")
	platform, class, country := "null::varchar", "null::varchar", text("country", "upper(trimmed(typed.country))")
	joins := ""
	if len(m.Stores) > 0 {
		var rows [][]string
		for store, s := range m.Stores {
			rows = append(rows, []string{key(store), s.Platform, s.Class})
		}
		b.WriteString(values("stores", []string{"store_key", "platform", "store_class"}, sorted(rows)))
		platform, class = "stores.platform", "stores.store_class"
		joins += "left join stores on name_key(typed.store) = stores.store_key\n"
	}
	if codes := m.countries(); has["country"] && len(codes) > 0 {
		var rows [][]string
		for code, iso := range codes {
			rows = append(rows, []string{code, iso})
		}
		b.WriteString(values("countries", []string{"code", "iso"}, sorted(rows)))
		country = "coalesce(countries.iso, " + country + ")"
		joins += "left join countries on upper(trim(typed.country)) = countries.code\n"
	}
	b.WriteString("typed as (\n    select\n        lines.reporting_month,\n        " + day("lines.reporting_date", m.Formats.ReportingDate) + " as reporting_date,\n" +
		"        " + sale + " as sale_month,\n        lines.account,\n" +
		"        case " + artificial + "when " + adjusts + " then 'adjustment' else 'sale' end as kind,\n" +
		"        " + text("artist", "trimmed(lines.artist)") + " as artist_name,\n" +
		"        " + text("title", "trimmed(lines.title)") + " as track_title,\n" +
		"        " + text("isrc", "isrc_key("+unquoted("lines.isrc")+")") + " as isrc,\n" +
		"        " + text("upc", "trimmed("+unquoted("lines.upc")+")") + " as upc,\n" +
		"        trimmed(lines.store) as store,\n" +
		"        " + text("country", "lines.country") + " as country,\n" +
		"        try_cast(" + m.number("lines.units") + " as decimal(24, 6))::bigint as quantity,\n" +
		"        " + currency + " as currency,\n        " + amount + " as gross,\n" +
		"        lines._drop,\n        lines._file,\n        lines._row\n    from lines\n)\n\n")
	b.WriteString("select\n    typed.reporting_month,\n    typed.reporting_date,\n    typed.sale_month,\n    " + duck.Literal(m.Name) + " as source,\n    typed.account,\n" +
		"    typed.kind,\n    typed.artist_name,\n    typed.track_title,\n    typed.isrc,\n    typed.upc,\n    typed.store,\n" +
		"    " + platform + " as platform,\n    " + class + " as store_class,\n    " + country + " as country,\n" +
		"    case when typed.kind = 'sale' then typed.quantity end as units,\n" +
		"    case when typed.kind = 'sale' and " + class + " = 'streaming' then typed.quantity end as streams,\n" +
		"    typed.currency,\n    typed.gross,\n    (typed.gross * rates.usd_per_unit)::decimal(24, 12) as gross_usd,\n" +
		"    typed._drop,\n    typed._file,\n    typed._row\nfrom typed\n" + joins +
		"left join rates\n    on typed.currency = rates.currency\n    and typed.reporting_date >= rates.valid_from\n    and typed.reporting_date < rates.valid_until\n")
	return b.String()
}

// countries are the codes that are not alpha-2 already, the mapping's own before those of ISO 3166.
func (m Mapping) countries() map[string]string {
	codes := map[string]string{}
	for a := 'A'; m.Formats.Country == "alpha-3" && a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if region, err := language.ParseRegion(string([]rune{a, b})); err == nil && region.IsCountry() && region.String() == string([]rune{a, b}) {
				codes[region.ISO3()] = region.String()
			}
		}
	}
	for code, iso := range m.Countries {
		codes[strings.ToUpper(code)] = iso
	}
	return codes
}

// unquoted takes away the quotes that some statements put around codes only, where they are text.
func unquoted(column string) string { return "trim(" + column + ", ' \"')" }

func (m Mapping) table(zone string) string { return zone + "." + Source + "__" + m.Name }

func key(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func sorted(rows [][]string) [][]string {
	slices.SortFunc(rows, slices.Compare)
	return rows
}
