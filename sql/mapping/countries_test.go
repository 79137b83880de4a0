package mapping

import "testing"

func TestThreeLetterCountries(t *testing.T) {
	m := Mapping{Formats: Formats{Country: "alpha-3"}, Countries: map[string]string{"rom": "RO"}}
	codes := m.countries()
	for code, want := range map[string]string{"USA": "US", "IND": "IN", "KOR": "KR", "ARG": "AR", "TUR": "TR", "GBR": "GB", "DEU": "DE", "TWN": "TW", "ROM": "RO"} {
		if codes[code] != want {
			t.Errorf("%s is %q, want %s", code, codes[code], want)
		}
	}
	if n := len(codes); n < 249 {
		t.Errorf("%d countries", n)
	}
	if codes := (Mapping{}).countries(); len(codes) > 0 {
		t.Errorf("alpha-2 needs no translation: %v", codes)
	}
}
