package mapping

import (
	"strings"
	"testing"
)

// TestArtificialStreams: a charge for artificial streams is a correction of a kind of its own, also when
// its type is among the adjustments.
func TestArtificialStreams(t *testing.T) {
	const text = `title = "Example"
currency = "USD"
adjustments = ["Void", "Artificial Streams"]
artificial = ["Artificial Streams"]
[columns]
reporting_date = "Date"
store = "Store"
units = "Units"
amount = "Amount"
type = "Type"
[formats]
reporting_date = ["%Y-%m-%d"]
[stores."Spotify"]
platform = "spotify"
class = "streaming"
`
	m, problems := Read("example", "example.toml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	staging := m.staging()
	artificial := strings.Index(staging, "(['artificial streams'], name_key(lines.line_type)), false) then 'artificial_streams'")
	adjustment := strings.Index(staging, "then 'adjustment' else 'sale' end as kind")
	if artificial < 0 || adjustment < artificial {
		t.Errorf("the charge is not told apart before adjustments:\n%s", staging)
	}
}
