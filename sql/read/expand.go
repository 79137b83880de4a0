package read

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Member is one file of data inside a landed file: the file itself, or what its archive holds.
type Member struct {
	Name string // export.csv, or export.zip/results.csv
	Path string // plain bytes on disk
	Temp bool   // Path was unpacked into scratch
	// Packed is when a zip says the file was written; zero if nothing does.
	Packed time.Time
}

// Expand opens archives, known by their content: .gz and .zst hold one file, .zip several. A sheet is
// a zip, too, but a file of its own. Members come in the archive's order.
func Expand(ctx context.Context, file, name, scratch string, limits Limits) ([]Member, error) {
	limits = limits.withDefaults()
	head, err := readHead(file, 8)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return expandStream(ctx, file, name, scratch, ".gz", limits, func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) })
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return expandStream(ctx, file, name, scratch, ".zst", limits, func(r io.Reader) (io.ReadCloser, error) {
			decoder, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(256<<20))
			if err != nil {
				return nil, err
			}
			return decoder.IOReadCloser(), nil
		})
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return expandZip(ctx, file, name, scratch, limits)
	}
	return []Member{{Name: name, Path: file}}, nil
}

func readHead(file string, n int) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, min(int64(n), info.Size()))
	n, err = io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

func expandStream(ctx context.Context, file, name, scratch, suffix string, limits Limits, open func(io.Reader) (io.ReadCloser, error)) ([]Member, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	unpacked, err := open(in)
	if err != nil {
		return nil, reject("archive", "%s cannot be unpacked: %v", name, err)
	}
	defer func() { _ = unpacked.Close() }()
	inner := strings.TrimSuffix(path.Base(name), suffix)
	budget := limits.MaxExpandedBytes
	m := Member{Name: name + "/" + inner, Temp: true}
	m.Path, err = unpack(ctx, unpacked, scratch, name, info.Size(), &budget, limits)
	return []Member{m}, err
}

// unpack writes one member into scratch, within the budget.
func unpack(ctx context.Context, in io.Reader, scratch, name string, packed int64, budget *int64, limits Limits) (string, error) {
	out, err := os.CreateTemp(scratch, "member-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Close() }()
	buf := make([]byte, bufferSize)
	var written int64
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, readErr := in.Read(buf)
		if _, err := out.Write(buf[:n]); err != nil {
			return "", err
		}
		written += int64(n)
		*budget -= int64(n)
		if *budget < 0 || written > 100<<20 && written > packed*limits.MaxRatio {
			return "", reject("archive", "%s unpacks to more than a file of its size may: %d bytes and counting", name, written)
		}
		if errors.Is(readErr, io.EOF) {
			return out.Name(), out.Close()
		}
		if readErr != nil {
			return "", reject("archive", "%s is damaged: %v", name, readErr)
		}
	}
}

func expandZip(ctx context.Context, file, name, scratch string, limits Limits) ([]Member, error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return nil, reject("archive", "%s is damaged: %v", name, err)
	}
	defer func() { _ = archive.Close() }()
	if isSheet(archive.File) {
		return []Member{{Name: name, Path: file}}, nil
	}
	if len(archive.File) > limits.MaxMembers {
		return nil, reject("archive", "%s holds %d files, at most %d are read", name, len(archive.File), limits.MaxMembers)
	}
	var members []Member
	budget := limits.MaxExpandedBytes
	for _, entry := range archive.File {
		if entry.FileInfo().IsDir() || strings.HasPrefix(entry.Name, "__MACOSX/") || path.Base(entry.Name) == ".DS_Store" {
			continue
		}
		if err := harmless(entry); err != nil {
			return nil, reject("archive", "%s: %v", name, err)
		}
		m, err := expandEntry(ctx, entry, name, scratch, &budget, limits)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if len(members) == 0 {
		return nil, reject("archive", "%s holds no file", name)
	}
	return members, nil
}

func isSheet(files []*zip.File) bool {
	for _, entry := range files {
		if entry.Name == "xl/workbook.xml" {
			return true
		}
	}
	return false
}

// harmless refuses names that lead elsewhere, links, devices and encrypted files.
func harmless(entry *zip.File) error {
	slashed := strings.ReplaceAll(entry.Name, `\`, "/")
	switch {
	case !filepath.IsLocal(slashed) || strings.Contains(slashed, ":"):
		return fmt.Errorf("the name %q leads out of the archive", entry.Name)
	case !entry.Mode().IsRegular():
		return fmt.Errorf("%q is no plain file", entry.Name)
	case entry.Flags&1 != 0:
		return fmt.Errorf("%q is encrypted", entry.Name)
	}
	return nil
}

func expandEntry(ctx context.Context, entry *zip.File, name, scratch string, budget *int64, limits Limits) (Member, error) {
	in, err := entry.Open()
	if err != nil {
		return Member{}, reject("archive", "%s: %s: %v", name, entry.Name, err)
	}
	defer func() { _ = in.Close() }()
	inner := name + "/" + strings.ReplaceAll(entry.Name, `\`, "/")
	m := Member{Name: inner, Temp: true, Packed: entry.Modified.UTC()}
	m.Path, err = unpack(ctx, in, scratch, inner, int64(entry.CompressedSize64), budget, limits)
	return m, err
}
