package zones

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPagesStayAsLongAsTheRulesSay(t *testing.T) {
	l := newLake(t)
	w := lockIt(t, l)
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	runs := map[string]bool{ // which go after 30 days
		"20260516T115959Z-000001": true, "20260516T120000Z-000002": true, "20260516T120001Z-000003": false, "20260614T000000Z-000004": false,
		"20250101T000000Z-000005": false, // somebody keeps notes there
		"20250101":                false,
	}
	for run := range runs {
		dir := l.Path("audit", "evidence", run, "tiktok-zone_a0-login")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range evidenceFiles {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("ten bytes."), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(l.Path("audit", "evidence", "20250101T000000Z-000005", "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	acts, err := w.Plan(Retention{}, now)
	if err != nil || len(acts) > 0 {
		t.Fatalf("for ever is not kept: %v, %v", acts, err)
	}
	if acts, err = w.Plan(Retention{EvidenceDays: 30}, now); err == nil {
		acts, err = w.Apply(t.Context(), acts)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range acts {
		run := filepath.Base(act.Path)
		if left := strings.HasSuffix(run, "5"); act.Kind != "evidence" || left != (act.Left != "") || !left && act.Bytes != 30 {
			t.Errorf("%+v", act)
		}
	}
	for run, goes := range runs {
		if _, err := os.Stat(l.Path("audit", "evidence", run)); goes != os.IsNotExist(err) {
			t.Errorf("%s: goes %t, but %v", run, goes, err)
		}
	}
}
