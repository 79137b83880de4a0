package build

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"bedrot/zones"
)

// Outcomes of a drop in its raw table.
const (
	Accepted  = "accepted"
	Held      = "held"
	Withdrawn = "withdrawn"
	Refused   = "refused"
)

// derived is the sidecar of a raw file: what one drop holds under one raw script. It is a pure
// function of the two and is never written again.
type derived struct {
	ID       string     `json:"id"`
	Account  string     `json:"account"`
	File     string     `json:"file,omitempty"`
	Refused  *refusal   `json:"refused,omitempty"`
	Members  []member   `json:"members,omitempty"`
	Records  int64      `json:"records"`
	Rejected int64      `json:"rejected"`
	BytesIn  int64      `json:"bytes_in"`
	Money    *money     `json:"money,omitempty"`
	Parts    []rawPart  `json:"parts,omitempty"`
	Extra    []string   `json:"extra,omitempty"`
	Warnings []string   `json:"warnings,omitempty"`
	Identity []string   `json:"identity,omitempty"` // whose account it says it is of
	Reasons  []rejected `json:"reasons,omitempty"`
	zones.Sealed
	drop *zones.Drop
}

// refusal says why a drop was refused as a whole.
type refusal struct {
	Code string `json:"code"`
	File string `json:"file"`
	Line int64  `json:"line"`
	Why  string `json:"why"`
}

// member is one file of a drop, archives opened.
type member struct {
	Name    string `json:"name"`
	Start   int64  `json:"start"` // row of the raw file where it begins
	Records int64  `json:"records"`
	Bad     int64  `json:"bad"`
}

// money is decimal text: what the reader counted, and what DuckDB found accepted and rejected.
type money struct {
	In       string `json:"in"`
	Accepted string `json:"accepted"`
	Rejected string `json:"rejected"`
}

// rejected is one reason with how often it occurs and where first.
type rejected struct {
	Reason string  `json:"reason"`
	Rows   int64   `json:"rows"`
	First  []int64 `json:"first"` // rows of the raw file
}

// rawPart is one partition of one file of a drop. A partition without rows is a day the drop owns
// because it lies between days that have some.
type rawPart struct {
	Key         string   `json:"key"`
	Values      []string `json:"values"`
	File        int      `json:"file"`
	Rows        int64    `json:"rows"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Money       string   `json:"money,omitempty"`
	Untold      bool     `json:"untold,omitempty"` // no row of it tells anything
}

func (d *derived) accepted() int64 { return d.Records - d.Rejected }

// DropResult is what became of a drop: accepted = winning + superseded + unchanged + held.
type DropResult struct {
	ID         string   `json:"id,omitempty"`
	Source     string   `json:"source,omitempty"`
	Stream     string   `json:"stream,omitempty"`
	Account    string   `json:"account,omitempty"`
	File       string   `json:"file,omitempty"`
	Outcome    string   `json:"outcome,omitempty"`
	Code       string   `json:"code,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Rule       string   `json:"rule,omitempty"`
	Expected   string   `json:"expected,omitempty"`
	Found      string   `json:"found,omitempty"`
	Next       string   `json:"next,omitempty"`
	Records    int64    `json:"records"`
	Rejected   int64    `json:"rejected"`
	Winning    int64    `json:"winning"`
	Superseded int64    `json:"superseded"`
	Unchanged  int64    `json:"unchanged"`
	HeldRows   int64    `json:"held_rows"`
	Money      *money   `json:"money,omitempty"`
	Gone       int64    `json:"gone,omitempty"` // rows of earlier pages that this answer has no more
	New        bool     `json:"new"`
	Examples   []string `json:"examples,omitempty"`
}

// rules are a raw script's limits.
type rules struct {
	shrink, maxRejects float64
}

// shrinkFloor is how many rows a drop may take away whatever the share; a script that says shrink: 0
// has no floor.
const shrinkFloor = 20

// moneyShrink is the share of a drop's money that may be taken away. Corrections lower single lines, so
// it holds for scripts of shrink: 0 as well; a script that says shrink: 100 % may lose all.
const moneyShrink = 0.10

// fold decides which drop each partition's rows come from. Drops come in the order they were
// captured; the outcome depends on that order alone, never on the order of landing.
type fold struct {
	rules    rules
	pages    *pages // nil where an answer is one whole
	winners  map[string]zones.Winner
	verdicts map[string]zones.Verdict
	identity []string // whose account earlier drops said it is
}

// add lets one drop take the partitions it owns, or holds it.
func (f *fold) add(d *derived) DropResult {
	result := DropResult{ID: d.ID, Account: d.Account, Records: d.Records, Rejected: d.Rejected, Money: d.Money, Outcome: Accepted}
	if d.drop != nil {
		result.Source, result.Stream = d.drop.Source, d.drop.Stream
	}
	verdict := f.verdicts[d.ID]
	lacking := f.lacking(d)
	if len(lacking) > 0 {
		whole := *d
		whole.Parts = slices.Concat(d.Parts, lacking)
		d = &whole
	}
	switch {
	case d.Refused != nil:
		result.Outcome, result.Code, result.Reason, result.File = Refused, d.Refused.Code, d.Refused.Why, d.Refused.File
		result.Next = "download it again and import that; to forget this one: bedrot drops withdraw " + d.ID
		return result
	case verdict == zones.Withdraw:
		result.Outcome, result.Reason = Withdrawn, "withdrawn by a person"
	case verdict != zones.Accept:
		f.objection(d, &result)
	}
	if result.Code != "" {
		result.Outcome = Held
		result.Next = "bedrot drops accept " + d.ID
	}
	if result.Outcome != Accepted {
		result.HeldRows = d.accepted()
		return result
	}
	result.Gone = f.gone(lacking)
	f.know(d.Identity)
	f.take(d, &result)
	return result
}

func (f *fold) know(identity []string) {
	for _, value := range identity {
		if !slices.Contains(f.identity, value) {
			f.identity = append(f.identity, value)
		}
	}
}

func (f *fold) take(d *derived, result *DropResult) {
	seen := map[string]bool{}
	for _, part := range d.Parts {
		if seen[part.Key] {
			result.Unchanged += part.Rows
			continue
		}
		seen[part.Key] = true
		current, exists := f.winners[part.Key]
		if exists && current.Rows == part.Rows && current.Fingerprint == part.Fingerprint {
			current.By = d.ID
			f.winners[part.Key] = current
			result.Unchanged += part.Rows
			continue
		}
		if exists && part.Untold && current.Rows > 0 && !current.Untold {
			result.Superseded += part.Rows // what was known stays known
			continue
		}
		result.Winning += part.Rows
		f.winners[part.Key] = zones.Winner{
			Key: part.Key, Values: part.Values, Drop: d.ID, File: part.File,
			Rows: part.Rows, Fingerprint: part.Fingerprint, Money: part.Money, Untold: part.Untold,
		}
	}
}

// objection is the reason to hold a drop, if there is one.
func (f *fold) objection(d *derived, result *DropResult) {
	known := func(value string) bool { return slices.Contains(f.identity, value) }
	if len(f.identity) > 0 && len(d.Identity) > 0 && !slices.ContainsFunc(d.Identity, known) {
		result.Code, result.Rule = "other_account", "identity"
		result.Expected, result.Found = strings.Join(f.identity, ", "), strings.Join(d.Identity, ", ")
		result.Reason = fmt.Sprintf("it says it is of %s, and all before it of %s: perhaps it belongs to another account", result.Found, result.Expected)
		return
	}
	if share := float64(d.Rejected) / float64(max(d.Records, 1)); d.Rejected > 0 && share > f.rules.maxRejects {
		result.Code, result.Rule = "max_rejects", "max_rejects"
		result.Expected, result.Found = fmt.Sprintf("at most %.2f %%", 100*f.rules.maxRejects), fmt.Sprintf("%.2f %%", 100*share)
		result.Reason = fmt.Sprintf("%d of %d rows were rejected: %s, the limit is %.2f %%", d.Rejected, d.Records, result.Found, 100*f.rules.maxRejects)
		return
	}
	first := map[string]rawPart{}
	var before, lost int64
	money, lostMoney := new(big.Rat), new(big.Rat)
	for _, part := range d.Parts {
		if other, twice := first[part.Key]; twice {
			if other.Fingerprint != part.Fingerprint || other.Rows != part.Rows {
				result.Code, result.Rule = "overlap", "one state of a partition"
				result.Reason = fmt.Sprintf("partition %s is in two of its files with different rows: %s and %s",
					part.Key, d.Members[other.File].Name, d.Members[part.File].Name)
				return
			}
			continue
		}
		first[part.Key] = part
		if current, exists := f.winners[part.Key]; exists {
			before += current.Rows
			lost += max(0, current.Rows-part.Rows)
			addLoss(money, lostMoney, current.Money, part.Money)
		}
	}
	floor := int64(shrinkFloor)
	if f.rules.shrink == 0 {
		floor = 0
	}
	if lost > floor && float64(lost) > f.rules.shrink*float64(before) {
		result.Code, result.Rule = "shrink", "shrink"
		result.Expected, result.Found = fmt.Sprintf("at most %.0f %% of %d rows", 100*f.rules.shrink, before), fmt.Sprintf("%d rows", lost)
		result.Reason = fmt.Sprintf("it would take away %d of %d rows, the limit is %.0f %%: %s", lost, before, 100*f.rules.shrink, f.shrunk(d))
		return
	}
	limit := new(big.Rat).Mul(money, new(big.Rat).SetFloat64(max(moneyShrink, f.rules.shrink)))
	if lostMoney.Cmp(limit) > 0 {
		result.Code, result.Rule = "shrink", "shrink of money"
		result.Expected, result.Found = "at most "+limit.FloatString(2), lostMoney.FloatString(2)
		result.Reason = fmt.Sprintf("it would take away %s of %s of money in the partitions it replaces, the limit is %.0f %%",
			lostMoney.FloatString(2), money.FloatString(2), 100*max(moneyShrink, f.rules.shrink))
	}
}

// addLoss adds up what partitions are worth and what of it a newer state lacks.
func addLoss(money, lost *big.Rat, before, after string) {
	old, okOld := new(big.Rat).SetString(orZero(before))
	now, okNow := new(big.Rat).SetString(orZero(after))
	if !okOld || !okNow {
		return
	}
	money.Add(money, new(big.Rat).Abs(old))
	if old.Cmp(now) > 0 {
		lost.Add(lost, old.Sub(old, now))
	}
}

// shrunk names the partitions that lose most.
func (f *fold) shrunk(d *derived) string {
	type loss struct {
		key  string
		rows int64
	}
	var losses []loss
	for _, part := range d.Parts {
		if rows := f.winners[part.Key].Rows - part.Rows; rows > 0 {
			losses = append(losses, loss{part.Key, rows})
		}
	}
	slices.SortFunc(losses, func(a, b loss) int { return int(b.rows - a.rows) })
	var names []string
	for _, l := range losses[:min(3, len(losses))] {
		names = append(names, fmt.Sprintf("%s loses %d", l.key, l.rows))
	}
	return strings.Join(names, ", ")
}

// sorted returns the winners by key.
func (f *fold) sorted() []zones.Winner {
	winners := make([]zones.Winner, 0, len(f.winners))
	for _, winner := range f.winners {
		winners = append(winners, winner)
	}
	slices.SortFunc(winners, func(a, b zones.Winner) int { return strings.Compare(a.Key, b.Key) })
	return winners
}

// equalDecimals compares two decimal texts by value; empty is zero.
func equalDecimals(a, b string) bool {
	x, okX := new(big.Rat).SetString(orZero(a))
	y, okY := new(big.Rat).SetString(orZero(b))
	return okX && okY && x.Cmp(y) == 0
}

func addDecimals(a, b string) string {
	x, okX := new(big.Rat).SetString(orZero(a))
	y, okY := new(big.Rat).SetString(orZero(b))
	if !okX || !okY {
		return "NaN"
	}
	return x.Add(x, y).FloatString(18)
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}
