package extract

import (
	"context"
	"io"
	"os"

	"bedrot/zones"
)

// LoginsHelp tells people what can be done about logins.
const LoginsHelp = `list [SOURCE]     how long each account's login lasts, as far as it is known
login SOURCE      a window opens, a person logs in, and the login is proved and kept
import FILE       cookies that a browser exported (JSON, cookies.txt, Playwright's storage state) for --source
                  and --account, or a login that export wrote; - is standard input
export SOURCE     the whole login, encrypted, for import on another machine
test [SOURCE]     look whether logins work; exit 6 when one does not
forget SOURCE     take the login away

Logins are kept in BEDROT_SESSIONS (default: ~/.local/state/bedrot/sessions), encrypted where
BEDROT_SESSION_KEY or BEDROT_SESSION_PASSPHRASE is set.`

// maxLoginFile is how large a file to import may be.
const maxLoginFile = 32 << 20

// Errand is what somebody wants done about logins, as LoginsHelp tells it.
type Errand struct {
	Args                           []string // the verb and what it is done to
	Source, Account, To, Recipient string
	In                             io.Reader // is imported where the file is -
	Out                            io.Writer // is exported to where To is empty
}

// Told is what an errand has to tell, beside what it said: lines for people, and for programs the Whole.
type Told struct {
	Whole any // nil where there is nothing
	Lines []string
	// Failed are the logins that do not work.
	Failed []*zones.Error
}

// Do does it.
func (l *Logins) Do(ctx context.Context, e Errand) (told Told, err error) {
	if l.Store == nil {
		return told, &zones.Error{Code: "usage", What: "there is no folder for logins: neither HOME nor BEDROT_SESSIONS is set", Next: "set BEDROT_SESSIONS to a folder that nobody else may read"}
	}
	verb, subject := "", ""
	switch len(e.Args) {
	case 0:
	case 1:
		verb = e.Args[0]
	case 2:
		verb, subject = e.Args[0], e.Args[1]
	default:
		return told, zones.Usage("bedrot session %s takes one name, and options", e.Args[0])
	}
	switch verb {
	case "", "list":
		list, err := l.List(subject)
		told.Whole = list
		for _, standing := range list {
			told.Lines = append(told.Lines, standing.String())
		}
		return told, err
	case "login":
		return told, l.Login(ctx, subject, e.Account)
	case "import":
		data, err := readLogin(subject, e.In)
		if err != nil {
			return told, err
		}
		return told, l.Import(data, e.Source, e.Account)
	case "export":
		return told, l.Export(e.Out, e.To, subject, e.Account, e.Recipient)
	case "test":
		return l.tested(ctx, subject, e.Account)
	case "forget":
		return told, l.Forget(subject, e.Account)
	}
	return told, zones.Usage("bedrot session %s: there are list, login, import, export, test and forget", verb)
}

func (l *Logins) tested(ctx context.Context, name, account string) (told Told, err error) {
	tested, err := l.Test(ctx, name, account)
	if err != nil {
		return told, err
	}
	told.Whole = tested
	for _, one := range tested {
		if one.Works {
			told.Lines = append(told.Lines, one.String())
		} else {
			told.Failed = append(told.Failed, one.Err)
		}
	}
	return told, nil
}

// readLogin reads a file to import; - is what comes in.
func readLogin(path string, in io.Reader) ([]byte, error) {
	switch path {
	case "":
		return nil, zones.Usage("which file? bedrot session import FILE")
	case "-":
	default:
		file, err := os.Open(path)
		if err != nil {
			return nil, &zones.Error{Code: "file_unreadable", What: err.Error(), Where: path, Next: "bedrot session import FILE", Err: err}
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, maxLoginFile))
}
