package extract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"bedrot/extract/api"
)

// youtubeReasons are what Google's servers give as the reason of a refusal, and what it means for us.
var youtubeReasons = map[string]api.Fault{
	"quotaExceeded": {Kind: api.Throttled, Day: true, Part: true}, "dailyLimitExceeded": {Kind: api.Throttled, Day: true, Part: true},
	"dailyLimitExceededUnreg": {Kind: api.Throttled, Day: true, Part: true},
	"rateLimitExceeded":       {Kind: api.Throttled, Part: true}, "userRateLimitExceeded": {Kind: api.Throttled, Part: true},
	"backendError": {Kind: api.Transient}, "internalError": {Kind: api.Transient}, "processingFailure": {Kind: api.Transient},
	"authError": {Kind: api.Login}, "required": {Kind: api.Login}, "expired": {Kind: api.Login},
	"forbidden": {Kind: api.Forbidden}, "accessNotConfigured": {Kind: api.Forbidden}, "insufficientPermissions": {Kind: api.Forbidden},
	"channelForbidden": {Kind: api.Forbidden}, "playlistItemsNotAccessible": {Kind: api.Forbidden}, "youtubeSignupRequired": {Kind: api.Forbidden},
	"badRequest": {Kind: api.Invalid}, "invalidParameter": {Kind: api.Invalid}, "invalid": {Kind: api.Invalid},
	"notFound": {Kind: api.Gone}, "channelNotFound": {Kind: api.Gone}, "playlistNotFound": {Kind: api.Gone}, "videoNotFound": {Kind: api.Gone},
}

// youtubeStates are the same in the younger interfaces, which give a state and at times a reason.
var youtubeStates = map[string]api.Fault{
	"UNAUTHENTICATED": {Kind: api.Login}, "PERMISSION_DENIED": {Kind: api.Forbidden}, "NOT_FOUND": {Kind: api.Gone},
	"RESOURCE_EXHAUSTED": {Kind: api.Throttled, Part: true}, "INVALID_ARGUMENT": {Kind: api.Invalid}, "FAILED_PRECONDITION": {Kind: api.Invalid},
	"ALREADY_EXISTS": {Kind: api.Invalid}, "UNAVAILABLE": {Kind: api.Transient}, "INTERNAL": {Kind: api.Transient},
	"DEADLINE_EXCEEDED": {Kind: api.Transient}, "ABORTED": {Kind: api.Transient},
}

// youtubeRefusals are what the token endpoint says when it gives no token.
var youtubeRefusals = map[string]string{
	"invalid_grant": "the login is over: it was revoked, was not used for six months, or is older than seven days while the app's consent screen is in Testing" +
		" (publish the app in the Google Cloud console, so that logins last)",
	"invalid_client":      "Google knows no such client, or its secret is another",
	"unauthorized_client": "the login is of another client than YOUTUBE_CLIENT_ID",
	"deleted_client":      "the client was deleted in the Google Cloud console",
	"access_denied":       "the login may not be used",
	"invalid_scope":       "the login does not have what is asked for",
}

// googleError is the body of a refusal, of any of the interfaces.
type googleError struct {
	Message string `json:"message"`
	Status  string `json:"status"`
	Errors  []struct {
		Reason string `json:"reason"`
	} `json:"errors"`
	Details []struct {
		Reason   string            `json:"reason"`
		Metadata map[string]string `json:"metadata"`
	} `json:"details"`
}

// judgeYoutube classes an answer by the reason in it; where it has none, the status decides.
func judgeYoutube(a *api.Answer) *api.Fault {
	if a.Status < 400 && (len(a.Body) > 4096 || !bytes.Contains(a.Body, []byte(`"error"`))) {
		return nil
	}
	var body struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(a.Body, &body) != nil || len(body.Error) == 0 {
		return nil
	}
	var refusal string
	if json.Unmarshal(body.Error, &refusal) == nil {
		return judgeRefusal(refusal, body.Description)
	}
	var e googleError
	if json.Unmarshal(body.Error, &e) != nil {
		return nil
	}
	return e.fault(a.Status)
}

func judgeRefusal(refusal, description string) *api.Fault {
	switch says, known := youtubeRefusals[refusal]; {
	case known:
		return &api.Fault{Kind: api.Login, Code: refusal, Message: says}
	case refusal == "temporarily_unavailable" || refusal == "internal_failure" || refusal == "server_error":
		return &api.Fault{Kind: api.Transient, Code: refusal, Message: "Google gave no token: " + description}
	}
	return &api.Fault{Kind: api.Invalid, Code: refusal, Message: "Google gave no token: " + description}
}

// fault is what a refusal means.
func (e googleError) fault(status int) *api.Fault {
	fault, code, known := api.Fault{}, e.Status, false
	for _, one := range e.Errors {
		if meant, ok := youtubeReasons[one.Reason]; ok && !known {
			fault, code, known = meant, one.Reason, true
		}
	}
	if !known {
		fault, known = youtubeStates[e.Status]
	}
	if !known {
		return nil
	}
	if code == "required" && status == http.StatusBadRequest { // a parameter; of a 401, it is the login
		fault.Kind = api.Invalid
	}
	text := e.Message
	for _, detail := range e.Details {
		text += " " + detail.Metadata["quota_limit"]
		switch detail.Reason {
		case "SERVICE_DISABLED", "API_DISABLED":
			code = "accessNotConfigured"
		case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
			code, fault.Kind = "insufficientPermissions", api.Forbidden
		}
	}
	// The older form says of a 403 only that it is forbidden.
	if status == http.StatusForbidden && strings.Contains(text, "has not been used in project") {
		code = "accessNotConfigured"
	}
	if e.Status == "RESOURCE_EXHAUSTED" && fault.Kind == api.Throttled {
		fault.First = 30 * time.Second
		fault.Day = fault.Day || strings.Contains(text, "PerDay") || strings.Contains(text, "per day")
	}
	fault.Code, fault.Message = code, e.Message
	return &fault
}
