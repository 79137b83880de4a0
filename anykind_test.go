package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bedrot/extract"
)

// everyKind writes every file that the sources' demos bring, each as old as its capture, and returns their
// paths with the stream each is of.
func everyKind(t *testing.T, dir string) map[string]string {
	t.Helper()
	streams := map[string]string{}
	for _, source := range extract.Sources() {
		if source.Demo == nil {
			continue
		}
		n := 0
		for d := range source.Demo(extract.DemoConfig{Seed: 1, Months: 6}) {
			n++
			path := filepath.Join(dir, source.Name, fmt.Sprint(n), d.Name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			file, err := os.Create(path)
			if err == nil {
				err = d.Write(file)
			}
			if err == nil {
				err = file.Close()
			}
			if err == nil {
				err = os.Chtimes(path, d.AsOf, d.AsOf)
			}
			if err != nil {
				t.Fatal(err)
			}
			streams[path] = source.Name + "/" + d.Stream
		}
	}
	return streams
}

// TestFilesOfAllKindsInAnyOrder imports files of every source and stream with no word about what they are:
// each is recognised, and whatever the order, the same curated bytes come out.
func TestFilesOfAllKindsInAnyOrder(t *testing.T) {
	t.Parallel()
	streams := everyKind(t, t.TempDir())
	if len(streams) < 200 {
		t.Errorf("only %d files", len(streams))
	}
	paths := make([]string, 0, len(streams))
	for path := range streams {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	if os.Getenv("BEDROT_CRASH") != "full" {
		paths = someOfEach(paths, streams)
	}
	random := rand.New(rand.NewPCG(4, 200))
	var first map[string]string
	for order := range 2 {
		l := newLakeOn(t, allSources)
		if order > 0 {
			random.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		}
		for chunk := range slices.Chunk(paths, len(paths)/2+1) {
			said := l.ok(append([]string{"import", "--mtime"}, chunk...)...)
			for _, path := range chunk {
				if want := "landed as " + streams[path] + ":"; !strings.Contains(said.err, path+": "+want) && !strings.Contains(said.err, path+": already "+want) {
					t.Errorf("%s is not recognised as %s", path, streams[path])
				}
			}
		}
		l.run("run")
		state := l.state()
		if first == nil {
			first = state
		}
		for _, name := range differences(first, state) {
			t.Errorf("in another order %s differs", name)
		}
	}
}

// someOfEach is the short form: two files of every stream.
func someOfEach(paths []string, streams map[string]string) []string {
	taken := map[string]int{}
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		taken[streams[path]]++
		return taken[streams[path]] > 2
	})
}
