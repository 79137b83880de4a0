package zones

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Damage is a file that is not what it was when bedrot made it.
type Damage struct {
	File string `json:"file"` // below the lake
	What string `json:"what"`
	Next string `json:"next"`
}

// Verified tells what Verify looked at.
type Verified struct {
	Files   int64    `json:"files"`
	Bytes   int64    `json:"bytes"`
	Damaged []Damage `json:"damaged"`
	// Unknown are files among ours that no document names.
	Unknown []string `json:"unknown,omitempty"`
}

// Subset is one of N parts of a lake's files, the same ones each time: K counts from 1. The zero value
// is all files.
type Subset struct{ K, N int }

// ParseSubset reads k/n, as in 3/7.
func ParseSubset(text string) (Subset, error) {
	if text == "" {
		return Subset{}, nil
	}
	var s Subset
	var rest string
	if n, _ := fmt.Sscanf(text, "%d/%d%s", &s.K, &s.N, &rest); n != 2 || s.N < 1 || s.K < 1 || s.K > s.N {
		return s, fmt.Errorf("%q is not k/n with k from 1 to n: write 3/7", text)
	}
	return s, nil
}

// Has reports whether something of a name belongs to the subset.
func (s Subset) Has(name string) bool {
	if s.N < 2 {
		return true
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(filepath.ToSlash(name)))
	return int(hash.Sum32()%uint32(s.N)) == s.K-1 //nolint:gosec // N is small
}

// Verify reads the whole lake and compares it with what was sealed: landed and packed drops, raw files,
// and every version that is kept. Documents are read always, other files when the subset has them.
func (l *Lake) Verify(ctx context.Context, subset Subset) (Verified, error) {
	v := &verifier{lake: l, ctx: ctx, subset: subset, raw: map[string]Sealed{}, manifests: map[string]*Table{}, Verified: Verified{Damaged: []Damage{}}}
	for _, step := range []func() error{v.landing, v.sidecars, v.versions, v.rawFiles, v.pointer} {
		if err := step(); err != nil {
			return v.Verified, err
		}
	}
	return v.Verified, nil
}

type verifier struct {
	Verified
	lake      *Lake
	ctx       context.Context
	subset    Subset
	raw       map[string]Sealed // raw files by path, as a sidecar or manifest names them
	manifests map[string]*Table // by hash
	links     map[fileID]bool
}

// What helps: landed bytes exist once; everything below can be made again from them.
const (
	restore = "put the file back from a backup: what landed exists nowhere else"
	remake  = "rm %s && bedrot build --full"
	rebuild = "bedrot build --full"
	forget  = "rm -r %s   (an older version: nothing that is published stands on it)"
)

func (v *verifier) damage(file, what, next string) {
	v.Damaged = append(v.Damaged, Damage{File: filepath.ToSlash(file), What: what, Next: next})
}

// landing verifies every drop there is, whether a version knows it or not.
func (v *verifier) landing() error {
	pairs, err := v.lake.LandedStreams()
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		accounts, err := v.lake.Accounts(pair[0], pair[1])
		if err != nil {
			return err
		}
		for _, account := range accounts {
			if err := v.account(pair[0], pair[1], account); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) account(source, stream, account string) error {
	dir := filepath.Join("landing", source, stream, "account="+account)
	entries, err := os.ReadDir(v.lake.Path(dir))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if m := dropPattern.FindStringSubmatch(entry.Name()); m != nil && entry.IsDir() {
			if err := v.drop(source, stream, account, m[1]); err != nil {
				return err
			}
			continue
		}
		if !verdictPattern.MatchString(entry.Name()) {
			v.Unknown = append(v.Unknown, path)
			continue
		}
		v.Files++
		if err := ReadDocument(v.lake.Path(path), new(verdictFile)); err != nil {
			v.damage(path, v.told(err), "bedrot drops accept|withdraw "+strings.TrimSuffix(strings.TrimPrefix(entry.Name(), "verdict="), ".json"))
		}
	}
	return nil
}

func (v *verifier) drop(source, stream, account, id string) error {
	dir := v.lake.Rel(v.lake.DropDir(source, stream, account, id))
	document := filepath.Join(dir, "drop.json")
	v.Files++
	drop := new(Drop)
	if err := ReadDocument(v.lake.Path(document), drop); err != nil {
		v.damage(document, v.told(err), restore)
		return nil
	}
	if drop.ID != id || drop.Source != source || drop.Stream != stream || drop.Account != account || dropID(drop.AsOf, drop.Files) != id {
		v.damage(document, fmt.Sprintf("describes drop %s of %s, which belongs elsewhere", drop.ID, drop.Where()), restore)
		return nil
	}
	entries, err := os.ReadDir(v.lake.Path(dir))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		named := slices.ContainsFunc(drop.Files, func(f DropFile) bool { return f.Path == entry.Name() })
		if entry.Name() != "drop.json" && !named {
			v.Unknown = append(v.Unknown, filepath.Join(dir, entry.Name()))
		}
	}
	for _, file := range drop.Files {
		if err := v.landed(drop, file); err != nil {
			return err
		}
	}
	return nil
}

// landed verifies a drop's file where it landed, or packed.
func (v *verifier) landed(drop *Drop, file DropFile) error {
	path := filepath.Join(v.lake.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID), file.Path)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return v.file(v.lake.Rel(path), Sealed{Bytes: file.Bytes, SHA256: file.SHA256}, restore)
	}
	packed := v.lake.archived(drop, file)
	if !v.subset.Has(packed) {
		return nil
	}
	v.Files++
	sealed, err := v.lake.unpack(v.ctx, drop, file, io.Discard)
	v.Bytes += sealed.Bytes
	switch {
	case v.ctx.Err() != nil:
		return fmt.Errorf("stopped: %w", v.ctx.Err())
	case err != nil:
		v.damage(packed, v.told(err), restore)
	case sealed.SHA256 != file.SHA256 || sealed.Bytes != file.Bytes:
		v.damage(packed, "unpacked, its bytes are not those that were landed", restore)
	}
	return nil
}

// sidecars reads what vouches for raw files.
func (v *verifier) sidecars() error {
	folders, err := os.ReadDir(v.lake.Path("raw"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			v.Unknown = append(v.Unknown, filepath.Join("raw", folder.Name()))
			continue
		}
		files, err := os.ReadDir(v.lake.Path("raw", folder.Name()))
		if err != nil {
			return err
		}
		for _, file := range files {
			v.sidecar(filepath.Join("raw", folder.Name(), file.Name()), files)
		}
	}
	return nil
}

func (v *verifier) sidecar(path string, siblings []fs.DirEntry) {
	stem, isDocument := strings.CutSuffix(path, ".json")
	if !isDocument {
		beside := strings.TrimSuffix(filepath.Base(path), ".parquet") + ".json"
		if !slices.ContainsFunc(siblings, func(e fs.DirEntry) bool { return e.Name() == beside }) {
			v.Unknown = append(v.Unknown, path) // a killed run's, which the next one replaces
		}
		return
	}
	if !rawPattern.MatchString(filepath.Base(stem) + ".parquet") {
		v.Unknown = append(v.Unknown, path)
		return
	}
	v.Files++
	var sidecar struct {
		File string `json:"file"`
		Sealed
	}
	switch err := ReadDocument(v.lake.Path(path), &sidecar); {
	case err != nil:
		v.damage(path, v.told(err), fmt.Sprintf(remake, v.lake.Path(path)))
	case sidecar.File != "":
		v.raw[sidecar.File] = sidecar.Sealed
	}
}

// versions verifies every version that is kept, the published one first: a file that several share is
// named where it matters most.
func (v *verifier) versions() error {
	runs, err := v.lake.Versions()
	if err != nil {
		return err
	}
	current, _ := v.lake.currentRun() // pointer tells of a bad one
	slices.SortFunc(runs, func(a, b string) int {
		switch {
		case a == current:
			return -1
		case b == current:
			return 1
		}
		return strings.Compare(b, a)
	})
	for _, run := range runs {
		older := fmt.Sprintf(forget, v.lake.Path("versions", run))
		next := older
		if run == current {
			next = "rm " + v.lake.Path("current") + " && bedrot build --full"
		}
		v.Files++
		version, err := v.lake.ReadVersion(run)
		if err != nil {
			v.damage(filepath.Join("versions", run, "version.json"), v.told(err), next)
			continue
		}
		if next = older; run == current {
			next = rebuild
		}
		for _, name := range version.Names("") {
			if err := v.table(version, name, next); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) table(version *Version, name, next string) error {
	path := filepath.Join("versions", version.Run, "tables", name+".json")
	v.Files++
	data, err := os.ReadFile(v.lake.Path(path))
	if err != nil {
		v.damage(path, v.told(err), next)
		return nil
	}
	v.Bytes += int64(len(data))
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != version.Tables[name].SHA256 {
		v.damage(path, "its bytes are not those the version names", next)
		return nil
	}
	table := v.manifests[version.Tables[name].SHA256]
	if table == nil {
		table = new(Table)
		if err := json.Unmarshal(data, table); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		v.manifests[version.Tables[name].SHA256] = table
	}
	for _, part := range table.Parts {
		if err := v.file(filepath.Join("versions", version.Run, part.File), part.Sealed, next); err != nil {
			return err
		}
	}
	for _, drop := range table.Drops {
		want := Sealed{Bytes: drop.Bytes, SHA256: drop.SHA256}
		known, ok := v.raw[drop.File]
		switch {
		case drop.File == "":
		case !ok:
			v.raw[drop.File] = want
		case known != want:
			v.damage(strings.TrimSuffix(drop.File, ".parquet")+".json", "its sidecar and version "+version.Run+" name other bytes", fmt.Sprintf(remake, v.lake.Path(drop.File)))
		}
	}
	return nil
}

func (v *verifier) rawFiles() error {
	var paths []string
	for path := range v.raw {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := v.file(path, v.raw[path], fmt.Sprintf(remake, v.lake.Path(path))); err != nil {
			return err
		}
	}
	return nil
}

// pointer verifies what says which version is published.
func (v *verifier) pointer() error {
	run, err := v.lake.currentRun()
	if err == nil && run != "" {
		_, err = os.Stat(v.lake.Path("versions", run))
	}
	if err != nil {
		v.damage("current", v.told(err), "rm "+v.lake.Path("current")+" && bedrot build --full")
	}
	if _, err := v.lake.Pins(); err != nil {
		v.damage(pinsFile, v.told(err), "rm "+v.lake.Path(pinsFile)+"   (forgets which rollbacks there were)")
	}
	return nil
}

// file compares a file with its seal. One with several names is read under the first of them.
func (v *verifier) file(file string, want Sealed, next string) error {
	if err := v.ctx.Err(); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	if !v.subset.Has(subsetName(file)) {
		return nil
	}
	info, err := os.Lstat(v.lake.Path(file))
	if err != nil {
		v.damage(file, v.told(err), next)
		return nil
	}
	if id, ok := identity(info); ok && links(info) > 1 {
		if v.links[id] {
			return nil
		}
		if v.links == nil {
			v.links = map[fileID]bool{}
		}
		v.links[id] = true
	}
	v.Files++
	sum, n, err := HashFile(v.lake.Path(file))
	v.Bytes += n
	switch {
	case err != nil:
		v.damage(file, v.told(err), next)
	case n != want.Bytes:
		v.damage(file, fmt.Sprintf("has %d bytes, its manifest says %d", n, want.Bytes), next)
	case sum != want.SHA256:
		v.damage(file, "its bytes are not those the manifest names", next)
	}
	return nil
}

// subsetName is the same for a part in whichever version it is met.
func subsetName(file string) string {
	parts := strings.SplitN(filepath.ToSlash(file), "/", 3)
	if len(parts) == 3 && parts[0] == "versions" {
		return parts[2]
	}
	return file
}

// told is an error without the path, which the damage names.
func (v *verifier) told(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Op + ": " + pathError.Err.Error()
	}
	var known *Error
	if errors.As(err, &known) {
		return known.What
	}
	return strings.ReplaceAll(err.Error(), v.lake.Root+string(filepath.Separator), "")
}
