package zones

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/klauspost/compress/zstd"
)

// Lease keeps a version from being taken away while it is read.
type Lease struct{ lock *flock.Flock }

// Close ends it.
func (l *Lease) Close() {
	if l != nil {
		_ = l.lock.Unlock()
	}
}

// Lease takes a share in a version; nil says that the version is gone or going.
func (l *Lake) Lease(run string) (*Lease, error) { return l.lease(run, false) }

func (l *Lake) lease(run string, alone bool) (*Lease, error) {
	lock := flock.New(l.Path("versions", run, "version.json"), flock.SetFlag(os.O_RDONLY))
	try := lock.TryRLock
	if alone {
		try = lock.TryLock
	}
	held, err := try()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !held {
		return nil, err
	}
	// Between opening the file and locking it, it may have been taken away: such a lock holds nothing.
	own, err := lock.Stat()
	if err == nil {
		var there fs.FileInfo
		if there, err = os.Stat(lock.Path()); err == nil && os.SameFile(own, there) {
			return &Lease{lock}, nil
		}
	}
	if unlockErr := lock.Unlock(); err == nil || errors.Is(err, fs.ErrNotExist) {
		err = unlockErr
	}
	return nil, err
}

// archived is where a packed file of a drop lies.
func (l *Lake) archived(drop *Drop, file DropFile) string {
	return filepath.Join("archive", "landing", drop.Source, drop.Stream, "account="+drop.Account, "drop="+drop.ID, file.Path+".zst")
}

// Original returns the path at which a drop's file can be read: where it landed, or, once it is packed,
// a copy in the scratch folder, the same to the byte.
func (l *Lake) Original(ctx context.Context, drop *Drop, file DropFile, scratch string) (string, error) {
	path := filepath.Join(l.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID), file.Path)
	_, err := os.Lstat(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	copied := filepath.Join(scratch, "unpacked-"+drop.ID+"-"+file.Path)
	if _, err := os.Lstat(copied); err == nil {
		return copied, nil
	}
	out, err := os.OpenFile(copied, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	sealed, err := l.unpack(ctx, drop, file, out)
	if err := errors.Join(err, out.Close()); err != nil {
		return "", err
	}
	if sealed.SHA256 != file.SHA256 {
		return "", &Error{
			Code: "drop_damaged", What: "the packed file is not what was landed", Where: l.archived(drop, file), Next: "bedrot check",
		}
	}
	return copied, nil
}

// unpack writes a packed file's bytes and says what they are.
func (l *Lake) unpack(ctx context.Context, drop *Drop, file DropFile, out io.Writer) (Sealed, error) {
	path := l.archived(drop, file)
	in, err := os.Open(l.Path(path))
	if err != nil {
		return Sealed{}, &Error{Code: "drop_damaged", What: "the file is neither in landing nor packed: " + err.Error(), Where: path, Next: "bedrot check", Err: err}
	}
	defer func() { _ = in.Close() }()
	decoder, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return Sealed{}, err
	}
	defer decoder.Close()
	hash := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(out, hash), &cancellable{ctx, decoder}, make([]byte, min(256<<10, file.Bytes+1)))
	if err != nil {
		return Sealed{}, &Error{Code: "drop_damaged", What: "the packed file cannot be read: " + err.Error(), Where: path, Next: "bedrot check", Err: err}
	}
	return Sealed{Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// cancellable is a reader that ends with its context.
type cancellable struct {
	ctx context.Context
	in  io.Reader
}

func (r *cancellable) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, fmt.Errorf("stopped: %w", err)
	}
	return r.in.Read(p)
}

// packDrop packs a drop's files one by one: the packed file is whole, durable, read back and found
// equal before the original goes. drop.json stays where it is.
func (w *Writer) packDrop(ctx context.Context, root *os.Root, p *packer, drop *Drop) error {
	for _, file := range drop.Files {
		original := w.Rel(filepath.Join(w.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID), file.Path))
		if _, err := root.Lstat(original); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := w.pack(ctx, p, drop, file, w.Path(original)); err != nil {
			return err
		}
		sealed, err := w.unpack(ctx, drop, file, io.Discard)
		if err != nil {
			return err
		}
		if sealed.SHA256 != file.SHA256 || sealed.Bytes != file.Bytes {
			return &Error{
				Code: "drop_damaged", What: "packed, the file is another than was landed: the original stays",
				Where: original, Next: "bedrot check",
			}
		}
		if err := w.removeFile(root, original); err != nil {
			return err
		}
	}
	return w.Files.SyncDir(w.DropDir(drop.Source, drop.Stream, drop.Account, drop.ID))
}

func (w *Writer) pack(ctx context.Context, p *packer, drop *Drop, file DropFile, original string) error {
	target := w.Path(w.archived(drop, file))
	if _, err := os.Lstat(target); err == nil {
		return nil // a killed run packed it and did not get to remove the original
	}
	draft := filepath.Join(w.Scratch.Dir, "packed-"+randomHex(4))
	if err := w.compress(ctx, p, original, draft); err != nil {
		return err
	}
	if _, err := w.Files.Seal(draft); err != nil {
		return err
	}
	if err := w.Files.MkdirAll(w.Root, filepath.Dir(target)); err != nil {
		return err
	}
	if err := w.Files.Rename(draft, target); err != nil {
		return err
	}
	return w.Files.SyncDir(filepath.Dir(target))
}

func (w *Writer) compress(ctx context.Context, p *packer, from, to string) (err error) {
	if err := w.Files.before("create", to); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	encoder, err := p.encode(out, info.Size())
	if err != nil {
		return err
	}
	if err := w.Files.before("write", to); err != nil {
		return err
	}
	_, err = io.Copy(encoder, &cancellable{ctx, in})
	return errors.Join(err, encoder.Close())
}

// packer keeps the encoder of one file for the next: each has tables of megabytes, and most files are small.
type packer struct {
	encoder *zstd.Encoder
	window  int
}

// encode begins a file of some size. The encoder is to be closed before the next.
func (p *packer) encode(out io.Writer, size int64) (*zstd.Encoder, error) {
	// A window larger than the file only costs memory.
	window := 1 << min(max(bits.Len64(uint64(size)), 17), 23)
	if p.encoder != nil && p.window == window {
		p.encoder.Reset(out)
		return p.encoder, nil
	}
	encoder, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	p.encoder, p.window = encoder, window
	return encoder, err
}
