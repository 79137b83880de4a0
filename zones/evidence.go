package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// evidenceFiles are what a page looked like when its visit failed, as they are called in the folder
// audit/evidence/<run>/<source>-<account>-<what>.
var evidenceFiles = []string{"page.png", "page.html", "trace.zip"}

// planEvidence finds what failed visits of runs left whose time is over.
func (l *Lake) planEvidence(rules Retention, now time.Time) ([]Act, error) {
	entries, err := os.ReadDir(l.Path("audit", "evidence"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var acts []Act
	for _, entry := range entries {
		run := entry.Name()
		if rules.EvidenceDays == 0 || !entry.IsDir() || !runPattern.MatchString(run) {
			continue
		}
		if at := published(run); now.Sub(at) >= time.Duration(rules.EvidenceDays)*24*time.Hour {
			acts = append(acts, Act{
				Kind: "evidence", Path: filepath.Join("audit", "evidence", run),
				Why: fmt.Sprintf("pages of %s, over %d days ago", at.Format(time.DateOnly), rules.EvidenceDays),
			})
		}
	}
	return acts, nil
}

// removeEvidence deletes what a run's failed visits left, unless somebody put something beside it.
func (w *Writer) removeEvidence(root *os.Root, act *Act) error {
	err := fs.WalkDir(root.FS(), filepath.ToSlash(act.Path), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		depth := strings.Count(path, "/") - strings.Count(filepath.ToSlash(act.Path), "/")
		switch {
		case entry.IsDir() && depth < 2:
		case entry.Type().IsRegular() && depth == 2 && slices.Contains(evidenceFiles, entry.Name()):
			if info, err := entry.Info(); err == nil {
				act.Bytes += info.Size()
			}
		case act.Left == "":
			act.Left = "it holds " + path + ", which bedrot did not make"
		}
		return nil
	})
	if err != nil || act.Left != "" {
		act.Bytes = 0
		return err
	}
	if err := w.Files.before("remove", w.Path(act.Path)); err != nil {
		return err
	}
	return root.RemoveAll(act.Path)
}
