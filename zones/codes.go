package zones

// Code is a kind of failure: a stable name that monitors may rely on.
type Code struct {
	Code     string `json:"code"`
	Class    string `json:"class"`
	Severity string `json:"severity"`
	Means    string `json:"means"`
}

const (
	connection = "connection" // the way to a service, or the service itself
	login      = "authentication"
	validation = "validation" // what came, or was asked for, is not what it should be
	processing = "processing" // this machine, this lake, or bedrot itself
)

// Codes lists every kind of failure.
func Codes() []Code {
	return []Code{
		{"usage", validation, "error", "the command line asks for something that does not exist"},
		{"config", validation, "error", "lake.toml, lake.NAME.toml or an .env file has a mistake; the message names the line"},
		{"environment", validation, "error", "the lake belongs to another environment, or the name is none"},
		{"secrets_readable", validation, "error", "an .env file or a kept login may be read by others"},
		{"lake_missing", validation, "error", "there is no lake in the folder"},
		{"lake_newer", processing, "error", "a newer bedrot made the lake or its version"},
		{"lake_readonly", processing, "error", "the lake's folder cannot be written"},
		{"lake_locked", processing, "error", "another run holds the lake"},
		{"interrupted", processing, "error", "Ctrl-C or SIGTERM; the lake is as before"},
		{"disk_full", processing, "error", "no space is left; nothing is half done"},
		{"disk_error", processing, "error", "the disk failed to read or write"},
		{"permission", processing, "error", "a file or folder may not be read or written"},
		{"memory", processing, "error", "DuckDB needed more than its memory limit"},
		{"failed", processing, "error", "none of the other codes: the message says all that is known"},

		{"pointer_damaged", processing, "error", "LAKE/current names no version"},
		{"version_damaged", processing, "error", "a version.json cannot be read"},
		{"manifest_damaged", processing, "error", "a table's manifest is not the one its version names"},
		{"drop_damaged", processing, "error", "a drop.json cannot be read"},

		{"data_late", validation, "error", "an account's newest data is older than its stream's usual lag and a week"},
		{"run_late", processing, "error", "no run has been good for longer than [health] run_hours"},
		{"run_failed", processing, "error", "the last run did not end well"},
		{"drop_held", validation, "error", "a drop waits for a person to accept or withdraw it"},
		{"table_stale", validation, "error", "a table still shows an earlier state"},
		{"inbox_waiting", validation, "error", "a file in the inbox belongs nowhere bedrot knows"},
		{"disk_low", processing, "error", "less is left on the lake's disk than [health] free_disk"},

		{"not_a_file", validation, "error", "a folder or device was given where a file is wanted"},
		{"file_unreadable", processing, "error", "a file to import is not there or cannot be read"},
		{"file_changing", validation, "error", "a file was still being written while it was imported"},
		{"file_unknown", validation, "error", "a file is no export that any script reads"},
		{"file_ambiguous", validation, "error", "a file could belong to several streams"},
		{"name_says_too_little", validation, "error", "only the file's name could say artist, window or song, and it does not"},
		{"file_empty", validation, "error", "the file has no bytes"},
		{"file_no_rows", validation, "error", "the file has a header and nothing else"},
		{"file_binary", validation, "error", "the file is no text"},
		{"file_html", validation, "error", "the file is a web page, perhaps a login page saved in an export's place"},
		{"file_columns", validation, "error", "required columns are missing"},
		{"file_header", validation, "error", "the header has a column twice"},
		{"file_json", validation, "error", "the file is not the JSON it should be"},
		{"file_records", validation, "error", "the page or document does not hold the records it should"},
		{"file_private", validation, "error", "the file holds personal data, which never lands"},
		{"file_archive", validation, "error", "an archive or workbook is damaged, too large, or names a file outside itself"},
		{"file_unreadable_rows", validation, "error", "two independent readers disagree about the file's records"},
		{"file_warning", validation, "warn", "something was odd about a file, and it was read all the same"},
		{"schema_drift", validation, "warn", "the file has columns nobody declared; they are kept in _extra"},

		{"max_rejects", validation, "error", "a drop has more bad rows than its script allows, and is held"},
		{"shrink", validation, "error", "a drop would take away more rows than its script allows, and is held"},
		{"other_account", validation, "error", "a drop says it is of another account than all before it, and is held"},
		{"lines_gone", validation, "warn", "a newer answer lacks lines of the one whose days it tells anew; they are gone from the table"},
		{"overlap", validation, "error", "two files of one drop disagree about a partition; the drop is held"},
		{"check_failed", validation, "error", "rows break a check; the table keeps its last state unless the check only warns"},
		{"script_broken", validation, "error", "a script in LAKE/sql cannot be used; it and its readers keep their last state"},
		{"pinned", validation, "error", "a rollback is in force: runs land, but publish nothing"},
		{"not_pinned", validation, "error", "no rollback is in force that could be released"},

		{"login_needed", login, "error", "a token, key or session is dead: a person must log in, and the message says how"},
		{"login_locked", login, "error", "a kept login is encrypted, and its passphrase or key is missing or wrong"},
		{"login_unusable", login, "error", "a file to import holds no login of the site, or one that is over"},
		{"login_ending", login, "warn", "a token, key or session ends soon"},
		{"no_permission", login, "error", "the login works and may not do what is asked"},
		{"setting_missing", validation, "error", "a source has some of the settings it requires and lacks others"},
		{"throttled", connection, "error", "a service asked to be left alone for longer than a night may wait"},
		{"unreachable", connection, "error", "a service did not answer, or broke off, however often it was asked"},
		{"fetch_timeout", connection, "error", "a source took longer than [extract] minutes"},
		{"request_refused", processing, "error", "a service refuses a request as such: its interface has changed, or bedrot asks wrongly"},
		{"version_retired", processing, "error", "a service no longer speaks the version that is asked for"},
		{"answer_shape", validation, "error", "an answer is not what the service documents; nothing of it landed"},
		{"account_rested", connection, "error", "an account failed five times in a row and is left alone until the next run"},
		{"browser_missing", processing, "error", "a stream comes by the browser, and Chromium or its driver is not installed"},
		{"page_changed", validation, "warn", "a page shows something under another name than it used to; it was found all the same"},
		{"window_short", validation, "warn", "a delivery has fewer days than were asked for"},
		{"window_old", validation, "warn", "a delivery's newest day is no newer than that of the one before"},
		{"login_unsaved", processing, "warn", "a session works and could not be kept for next time"},
		{"heartbeat_failed", connection, "warn", "the heartbeat address could not be called"},

		{"warehouse_unreachable", connection, "error", "PostgreSQL did not answer, or broke off, however often it was asked; it shows the last release"},
		{"warehouse_login", login, "error", "PostgreSQL refuses the user or password"},
		{"warehouse_privilege", login, "error", "the login works in PostgreSQL and lacks a grant"},
		{"warehouse_setup", validation, "error", "the PostgreSQL server or database is not as it must be: version, encoding, schema"},
		{"warehouse_stamp", validation, "error", "the database belongs to another lake or environment"},
		{"warehouse_foreign", validation, "error", "something that others made stands in the way; bedrot drops nothing of theirs"},
		{"warehouse_narrows", validation, "error", "a column would go or become narrower, which nobody has accepted"},
		{"warehouse_shrinks", validation, "error", "a release would take away too many rows of a table or source, which nobody has accepted"},
		{"warehouse_differs", validation, "error", "PostgreSQL would hold other rows or money than the lake; nothing was published"},
		{"warehouse_locked", processing, "error", "another export, or somebody's lock, is in the way"},
		{"warehouse_full", processing, "error", "the database server's disk is full; nothing was published"},
		{"warehouse_failed", processing, "error", "PostgreSQL refuses a statement; nothing was published"},
		{"warehouse_duplicate", validation, "error", "PostgreSQL's watch on duplicates refused rows that are in the lake"},
		{"warehouse_text", validation, "warn", "text held a character that PostgreSQL cannot hold, and a picture of it is published"},
		{"warehouse_stays", validation, "warn", "a published table is no longer part of what is published, and shows what it showed"},
		{"warehouse_view", validation, "warn", "a dashboards' view does not fit the published tables and stays as it was"},
		{"warehouse_hook", connection, "warn", "the release is published, but the hook after it could not be called"},

		{"query", validation, "error", "DuckDB refused the SQL; the message names line and column"},
		{"query_readonly", validation, "error", "a statement is not a question"},
		{"query_timeout", processing, "error", "a statement took longer than --timeout"},
		{"query_rows", processing, "error", "an answer is longer than --max-rows"},
		{"table_unknown", validation, "error", "there is no such table"},
		{"source_unknown", validation, "error", "there is no such source"},
		{"drop_unknown", validation, "error", "there is no such drop"},
		{"version_gone", processing, "error", "retention takes the version away at this moment"},
		{"version_unknown", validation, "error", "no such version is kept"},
	}
}

func codeOf(code string) Code {
	for _, known := range Codes() {
		if known.Code == code {
			return known
		}
	}
	return Code{Code: code, Class: processing, Severity: "error"}
}
