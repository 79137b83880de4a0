package postgres

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// proxy stands between the exporter and the server and counts the messages of both; it breaks the
// connection after one of them.
type proxy struct {
	listener net.Listener
	target   string
	cut      atomic.Int64 // after so many messages; 0 never
	seen     atomic.Int64
	muted    atomic.Bool // the server's answer to COMMIT is swallowed and the connection broken
	mutes    atomic.Int64
}

func newProxy(t testing.TB, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, target: target}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

func (p *proxy) url(url string) string {
	return strings.Replace(url, p.target, p.listener.Addr().String(), 1) + "?sslmode=disable"
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	var once sync.Once
	broken := func() { once.Do(func() { _ = client.Close(); _ = server.Close() }) }
	go p.pass(client, server, true, broken)
	p.pass(server, client, false, broken)
}

// pass hands messages on, one by one. The first of a client has no type.
func (p *proxy) pass(from, to net.Conn, first bool, broken func()) {
	defer broken()
	for {
		head := make([]byte, 5)
		if first {
			head = head[:4]
		}
		if _, err := io.ReadFull(from, head); err != nil {
			return
		}
		first = false
		size := int(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
		body := make([]byte, size)
		if _, err := io.ReadFull(from, body); err != nil {
			return
		}
		if len(head) == 5 && head[0] == 'C' && bytes.Equal(body, []byte("COMMIT\x00")) && p.muted.Load() {
			p.mutes.Add(1)
			return
		}
		if _, err := to.Write(append(head, body...)); err != nil {
			return
		}
		if seen := p.seen.Add(1); seen == p.cut.Load() {
			return
		}
	}
}
