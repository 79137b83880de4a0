package zones

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// A document is a JSON object of ours whose last member, seal, is the SHA-256 of every byte before it.
// Drops, versions and sidecars are documents: nothing else vouches for them, and one flipped bit in a
// capture time would reorder a history.

// sealStart and sealEnd stand around the hash in the last lines of a document.
const sealStart, sealEnd = ",\n \"seal\": \"", "\"\n}\n"

// WriteDocument writes a JSON object with its seal, as WriteFile does.
func (f Files) WriteDocument(path string, v any) error {
	data, err := seal(v)
	if err != nil {
		return err
	}
	return f.WriteFile(path, data)
}

func seal(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, err
	}
	body := data[:len(data)-len("\n}")]
	sum := sha256.Sum256(body)
	return append(body, sealStart+hex.EncodeToString(sum[:])+sealEnd...), nil
}

func unseal(data []byte) (body []byte, sealed string, ok bool) {
	at := len(data) - len(sealStart) - hex.EncodedLen(sha256.Size) - len(sealEnd)
	if at < 0 {
		return nil, "", false
	}
	sealed, start := strings.CutPrefix(string(data[at:]), sealStart)
	sealed, end := strings.CutSuffix(sealed, sealEnd)
	return data[:at], sealed, start && end
}

// ReadDocument reads what WriteDocument wrote, and nothing else.
func ReadDocument(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	body, sealed, ok := unseal(data)
	if !ok {
		return fmt.Errorf("read %s: it has no seal, so it is not as bedrot wrote it", path)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sealed {
		return fmt.Errorf("read %s: its bytes are not those that were sealed", path)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
