package zones

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
)

// A document is a JSON object of ours whose last member, seal, is the SHA-256 of every byte before it.
// Drops, versions and sidecars are documents: nothing else vouches for them, and one flipped bit in a
// capture time would reorder a history.

var sealPattern = regexp.MustCompile(`,\n "seal": "([0-9a-f]{64})"\n}\n$`)

// WriteDocument writes a JSON object with its seal, as WriteFile does.
func (f Files) WriteDocument(path string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	body := data[:len(data)-len("\n}")]
	sum := sha256.Sum256(body)
	return f.WriteFile(path, fmt.Appendf(body, ",\n \"seal\": %q\n}\n", hex.EncodeToString(sum[:])))
}

// ReadDocument reads what WriteDocument wrote, and nothing else.
func ReadDocument(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	at := sealPattern.FindSubmatchIndex(data)
	if at == nil {
		return fmt.Errorf("read %s: it has no seal, so it is not as bedrot wrote it", path)
	}
	sum := sha256.Sum256(data[:at[0]])
	if hex.EncodeToString(sum[:]) != string(data[at[2]:at[3]]) {
		return fmt.Errorf("read %s: its bytes are not those that were sealed", path)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
