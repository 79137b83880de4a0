//go:build unix

// Package pgtest starts a PostgreSQL of its own for tests: in a temporary folder, on a random port of this
// machine, with a database for each test. It ends with the test binary, also when that is killed.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running PostgreSQL.
type Server struct {
	url  *url.URL // of its superuser, in the database postgres
	bin  string   // folder of its programs; empty when it is somebody else's
	dir  string
	port int
	run  *exec.Cmd
	hold interface{ Close() error } // while it is open the server runs
	next atomic.Int64
}

// Start starts a server, or takes the one whose superuser's URL is given.
func Start(given string) (*Server, error) {
	if given != "" {
		parsed, err := url.Parse(given)
		return &Server{url: parsed}, err
	}
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Not where TMPDIR says: the server's user must be able to get there.
	base := "/tmp"
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "bedrot-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir}
	if err := s.init(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.Up(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// programs finds the newest PostgreSQL on this machine.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return "", errors.New("there is no PostgreSQL server here: run just setup, or set BEDROT_TEST_POSTGRES to the URL of a superuser")
	}
	return filepath.Dir(slices.Max(found)), nil
}

func (s *Server) init() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	s.url = &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: fmt.Sprintf("127.0.0.1:%d", s.port), Path: "/postgres"}
	if credential, err := other(); err != nil {
		return err
	} else if credential != nil {
		if err := os.Chown(s.dir, int(credential.Uid), int(credential.Gid)); err != nil {
			return err
		}
	}
	initdb, err := s.command(filepath.Join(s.bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	if text, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, text)
	}
	return nil
}

// command runs as somebody who is not root, whom PostgreSQL refuses.
func (s *Server) command(name string, args ...string) (*exec.Cmd, error) {
	credential, err := other()
	command := exec.Command(name, args...)
	command.Dir = s.dir
	command.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true}
	return command, err
}

func other() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		if found, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errUID, errGID)
}

// Up starts the server and waits until it answers.
func (s *Server) Up() error {
	// The shell ends the server once this process, which holds its standard input, is gone.
	const keeper = `exec 3<&0; "$@" </dev/null & pid=$!; cat <&3 >/dev/null; kill -QUIT $pid 2>/dev/null; wait $pid`
	command, err := s.command("/bin/sh", "-c", keeper, "sh", filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50",
		"-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal", "-c", "autovacuum=off", "-c", "max_wal_size=4GB")
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	command.Stdout, command.Stderr = log, log
	if s.hold, err = command.StdinPipe(); err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	s.run = command
	var last error
	for range 300 {
		var conn *pgx.Conn
		if conn, last = pgx.Connect(context.Background(), s.url.String()); last == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("PostgreSQL does not start: %w\n%s", last, text)
}

// Own reports whether the server is this test's, to be stopped at will.
func (s *Server) Own() bool { return s.bin != "" }

// Crash stops the server as a lost machine would, as far as its processes go: nothing is finished.
func (s *Server) Crash() error {
	if s.run == nil {
		return nil
	}
	err := s.hold.Close()
	_ = s.run.Wait() // ends by the signal
	s.run = nil
	return err
}

// Close ends the server and removes its folder.
func (s *Server) Close() error {
	if !s.Own() {
		return nil
	}
	return errors.Join(s.Crash(), os.RemoveAll(s.dir))
}

// Address is where the server listens.
func (s *Server) Address() string { return s.url.Host }

// URL is the superuser's, in some database.
func (s *Server) URL(database string) string {
	u := *s.url
	u.Path = "/" + database
	return u.String()
}

// Database makes a database for a test and returns its superuser's URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.database(t, "")
}

func (s *Server) database(t testing.TB, options string) string {
	t.Helper()
	name := fmt.Sprintf("bedrot_test_%d_%d", os.Getpid(), s.next.Add(1))
	s.exec(t, "create database "+name+" template template0 encoding 'UTF8'"+options)
	t.Cleanup(func() {
		if s.run != nil || !s.Own() {
			s.exec(t, "drop database if exists "+name+" with (force)")
		}
	})
	return s.URL(name)
}

func (s *Server) exec(t testing.TB, statement string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	conn, err := pgx.Connect(ctx, s.url.String())
	if err == nil {
		_, err = conn.Exec(ctx, statement)
		err = errors.Join(err, conn.Close(ctx))
	}
	if err != nil {
		t.Fatalf("%s: %v", strings.SplitN(statement, " template", 2)[0], err)
	}
}

// Program is the path of one of PostgreSQL's programs, such as psql.
func (s *Server) Program(name string) string {
	if s.bin == "" {
		return name
	}
	return filepath.Join(s.bin, name)
}
