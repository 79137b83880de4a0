package extract

import (
	"bufio"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// bankForm is one of the physical forms the same statement has been exported in.
type bankForm struct {
	columns  []string
	between  string // separator, with the quotes around it
	around   string // quote at both ends of a line
	end      string
	decimals int
	v2       bool
}

var (
	bankV1 = bankForm{
		columns: []string{
			"Reporting Date", "Sale Month", "Store", "Artist", "Title", "ISRC", "UPC", "Quantity", "Team Percentage",
			"Song/Album", "Country of Sale", "Songwriter Royalties Withheld", "Earnings (USD)",
		},
		between: "\t", end: "\r", decimals: 8,
	}
	bankV2 = bankForm{
		columns: []string{
			"Date Inserted", "Reporting Date", "Sale Month", "Store", "Artist", "Title", "ISRC", "UPC", "Quantity",
			"Team Percentage", "Source Type", "Country of Sale", "Songwriter Royalties Withheld (USD)", "Earnings (USD)", "Recoup (USD)",
		},
		between: `","`, around: `"`, end: "\n", decimals: 12, v2: true,
	}
)

// bankLine is one line of money; cents are in units of 1e-8 USD.
type bankLine struct {
	reported          time.Time
	saleMonth         string
	store, artist     string
	title, isrc, upc  string
	quantity          int
	kind, country     string
	hundredMillionths int64
}

// bankStore is a store, how often it appears on a statement and what a unit of it pays, in 1e-8 USD.
type bankStore struct {
	name    string
	weight  int
	units   int
	pays    int64
	country string // when the store knows one only
}

var bankStores = []bankStore{
	{name: "Spotify", weight: 34, units: 120, pays: 330_000},
	{name: "Apple Music", weight: 14, units: 20, pays: 577_000},
	{name: "YouTube (Ads)", weight: 8, units: 0, pays: 4_000},
	{name: "YouTube (Red)", weight: 6, units: 15, pays: 680_000},
	{name: "YouTube (Audio)", weight: 3, units: 8, pays: 90_000},
	{name: "TikTok", weight: 7, units: 900, pays: 1_100},
	{name: "Facebook", weight: 6, units: 700, pays: 1_200, country: "OU"},
	{name: "Snap", weight: 2, units: 300, pays: 900},
	{name: "Deezer", weight: 4, units: 9, pays: 640_000},
	{name: "Tidal", weight: 4, units: 4, pays: 920_000},
	{name: "Amazon Unlimited (Streaming)", weight: 5, units: 10, pays: 810_000},
	{name: "Amazon Prime (Streaming)", weight: 2, units: 8, pays: 400_000},
	{name: "Pandora", weight: 2, units: 40, pays: 150_000, country: "US"},
	{name: "iTunes Songs", weight: 1, units: 1, pays: 70_000_000},
	{name: "iTunes Match", weight: 1, units: 2, pays: 200_000},
	{name: "NetEase", weight: 1, units: 60, pays: 12_000, country: "CN"},
	{name: "Luna", weight: 1, units: 3, pays: 18_000}, // a store no script maps
}

var bankCountries = []string{
	"US", "GB", "DE", "FR", "BR", "MX", "CA", "AU", "NL", "SE", "PL", "ES", "IT", "JP", "ID", "PH", "IN", "TR", "AR", "CL",
	"CO", "PE", "NO", "DK", "FI", "BE", "AT", "CH", "IE", "PT", "CZ", "HU", "RO", "GR", "ZA", "NZ", "SG", "MY", "TH", "VN",
	"KR", "TW", "HK", "IL", "AE", "SA", "EG", "MA", "NG", "KE", "UA", "KZ", "LT", "LV", "EE", "SK", "SI", "HR", "RS", "BG",
}

// writeBank writes the whole history up to a night. From the second night on one month is a corrected
// one: a line is worth more, and a forgotten line has come.
func (c DemoConfig) writeBank(w io.Writer, form bankForm, night int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	buffer := form.appendRow(nil, form.columns...)
	tracks := c.tracks()
	for month := 0; month <= c.lastMonth(night); month++ {
		buffer = c.appendMonth(buffer, out, form, tracks, month, night > 1 && month == c.Months/3)
	}
	_, _ = out.Write(buffer) // bufio keeps the first error for Flush
	return out.Flush()
}

// appendMonth writes one reporting month, the same in every download but for the correction.
func (c DemoConfig) appendMonth(buffer []byte, out *bufio.Writer, form bankForm, tracks []demoTrack, month int, corrected bool) []byte {
	chance := c.chance("bank", month)
	for i := range max(1, 2000*c.Scale/c.Months) {
		line := c.bankLine(chance, tracks, month)
		if corrected && i == 0 {
			line.hundredMillionths += 1_000_000
			buffer = form.appendLine(buffer, line)
		}
		buffer = form.appendLine(buffer, line)
		switch {
		case chance.IntN(200) == 0:
			buffer = form.appendLine(buffer, line) // an identical line is another payment
		case line.store == "Spotify" && month >= c.Months/2 && month < c.Months/2+3 && chance.IntN(10) < 3:
			line.quantity = 1 + line.quantity*2/3
			line.hundredMillionths = -line.hundredMillionths * 31 / 100
			line.reported = line.reported.AddDate(0, 0, -1)
			buffer = form.appendLine(buffer, line)
		}
		if len(buffer) > 1<<16 {
			_, _ = out.Write(buffer)
			buffer = buffer[:0]
		}
	}
	return buffer
}

func (c DemoConfig) bankLine(chance *rand.Rand, tracks []demoTrack, month int) bankLine {
	store := pickStore(chance)
	// The lowest of two draws: early tracks earn more.
	track := tracks[min(chance.IntN(len(tracks)), chance.IntN(len(tracks)))]
	first := c.Start.AddDate(0, month, 0)
	lag := [...]int{1, 2, 2, 2, 2, 2, 3, 3, 4}[chance.IntN(9)]
	line := bankLine{
		reported:  first.AddDate(0, 0, 3+chance.IntN(23)),
		saleMonth: first.AddDate(0, -lag, 0).Format("2006-01"),
		store:     store.name, artist: demoArtists()[track.artist].name,
		title: track.title, isrc: track.isrc, upc: track.upc, kind: "Song",
		country: store.country,
	}
	if line.country == "" {
		line.country = bankCountries[min(chance.IntN(len(bankCountries)), chance.IntN(len(bankCountries)))]
	}
	if store.units > 0 {
		line.quantity = 1 + chance.IntN(store.units)
	}
	line.hundredMillionths = store.pays * int64(max(line.quantity, 1)) * int64(70+chance.IntN(60)) / 100
	switch odd := chance.IntN(1000); {
	case odd < 3:
		line.upc = ""
	case odd < 6:
		track = tracks[len(tracks)-1] // the one the catalog does not list
		line.artist, line.title, line.isrc, line.upc = demoStranger, track.title, track.isrc, track.upc
	case odd < 9:
		line.store, line.kind, line.isrc, line.quantity = "iTunes", "Album", "", 1
		line.title, line.hundredMillionths = track.title+" EP", 630_000_000
	}
	return line
}

func pickStore(chance *rand.Rand) bankStore {
	total := 0
	for _, store := range bankStores {
		total += store.weight
	}
	left := chance.IntN(total)
	for _, store := range bankStores {
		if left -= store.weight; left < 0 {
			return store
		}
	}
	return bankStores[0]
}

func (f bankForm) appendRow(b []byte, values ...string) []byte {
	b = append(b, f.around...)
	for i, value := range values {
		if i > 0 {
			b = append(b, f.between...)
		}
		b = append(b, value...)
	}
	b = append(b, f.around...)
	return append(b, f.end...)
}

// appendLine is written out by hand: a benchmark writes twenty million of them.
func (f bankForm) appendLine(b []byte, line bankLine) []byte {
	b = append(b, f.around...)
	if f.v2 {
		b = line.reported.AppendFormat(b, "2006-01-02")
		b = append(b, f.between...)
	}
	b = line.reported.AppendFormat(b, "2006-01-02")
	for _, value := range [...]string{line.saleMonth, line.store, line.artist, line.title, line.isrc, line.upc} {
		b = append(b, f.between...)
		b = append(b, value...)
	}
	b = append(b, f.between...)
	b = strconv.AppendInt(b, int64(line.quantity), 10)
	b = append(b, f.between...)
	b = append(b, "100"...)
	for _, value := range [...]string{line.kind, line.country} {
		b = append(b, f.between...)
		b = append(b, value...)
	}
	b = append(b, f.between...)
	b = append(b, '0')
	if f.v2 {
		b = append(b, ".00000"...)
	}
	b = append(b, f.between...)
	b = appendMoney(b, line.hundredMillionths, f.decimals)
	if f.v2 {
		b = append(b, f.between...)
	}
	b = append(b, f.around...)
	return append(b, f.end...)
}

// appendMoney writes an amount in 1e-8 with at least eight decimals.
func appendMoney(b []byte, amount int64, decimals int) []byte {
	if amount < 0 {
		b = append(b, '-')
		amount = -amount
	}
	b = strconv.AppendInt(b, amount/100_000_000, 10)
	b = append(b, '.')
	for unit := int64(10_000_000); unit > 0; unit /= 10 {
		b = append(b, byte('0'+amount/unit%10))
	}
	for range decimals - 8 {
		b = append(b, '0')
	}
	return b
}
