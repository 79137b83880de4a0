package extract

import (
	"strings"
	"time"

	"bedrot/zones"
)

// Standing is how far a source is set up for one account.
type Standing struct {
	Account    string `json:"account"`
	Configured bool   `json:"configured"`
	// Missing are required settings that are not there; all of them where the source is not configured.
	Missing []string `json:"missing,omitempty"`
	// Last is when the newest drop that a program fetched was captured; nil when there is none.
	Last *time.Time `json:"last_fetched_at,omitempty"`
}

// String is the account in a line.
func (s Standing) String() string {
	switch {
	case s.Configured && s.Last != nil:
		return s.Account + ": last fetched " + s.Last.Format(time.RFC3339)
	case s.Configured:
		return s.Account + ": configured, never fetched"
	}
	return s.Account + ": not configured, missing " + strings.Join(s.Missing, ", ")
}

// Standing looks how far a source is set up, account by account; a lake of nil has none.
func (s Source) Standing(lake *zones.Lake, v Values, logins Tokens, now time.Time) ([]Standing, error) {
	if s.Extract == nil || lake == nil {
		return nil, nil
	}
	var list []Standing
	for _, account := range lake.Config.AccountsOf(s.Name) {
		configured := s.Configured(v, account, logins)
		st := Standing{Account: account, Missing: configured.Missing, Configured: configured.Whole()}
		for _, stream := range s.Streams {
			if stream.Fetch == nil {
				continue
			}
			have, err := coverage(lake, s.Name, account, stream, now)
			if err != nil {
				return nil, err
			}
			if len(have) > 0 && (st.Last == nil || have[0].at.After(*st.Last)) {
				st.Last = &have[0].at
			}
		}
		list = append(list, st)
	}
	return list, nil
}
