package extract

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"bedrot/extract/api"
	"bedrot/zones"
)

// codes of faults by their kind.
var faultCodes = map[api.Kind]string{
	api.Unexpected: "answer_shape", api.Login: "login_needed", api.Forbidden: "no_permission", api.Throttled: "throttled",
	api.Transient: "unreachable", api.Invalid: "request_refused", api.Gone: "request_refused", api.TooMuch: "request_refused",
}

// describe is a failure of fetching as people and the journal see it.
func describe(source Source, account string, stream Stream, mask *api.Mask, err error) *zones.Error {
	where := source.Name + ":" + account
	if stream.Name != "" {
		where = source.Name + "/" + stream.Name + ":" + account
	}
	var told *zones.Error
	e := zones.Error{Code: "failed", What: err.Error(), Next: "bedrot extract --verbose --only " + where}
	if fault, ok := api.As(err); ok {
		e = zones.Error{
			Code: cmp.Or(fault.Name, faultCodes[fault.Kind]), What: fault.Error(), Endpoint: fault.Endpoint, Attempt: fault.Attempts, Attempts: fault.Attempts,
			Expected: fault.Expected, Found: fault.Found, Next: nextStep(source, account, where, fault), Err: err,
		}
		if fault.Expected != "" {
			e.What += fmt.Sprintf(": expected %s, found %s", fault.Expected, fault.Found)
		}
		if fault.Kind == api.Throttled && fault.Wait > 0 {
			e.What += ", to be left alone for " + fault.Wait.Round(time.Second).String()
		}
	} else if errors.As(err, &told) {
		e = *told
	}
	e.Source, e.Stream, e.Account, e.Step = source.Name, stream.Name, account, "extract"
	if e.Where == "" {
		e.Where = where
	}
	e.What, e.Next, e.Found = mask.Text(e.What), mask.Text(e.Next), mask.Text(e.Found)
	if told == nil {
		e.Err = nil // its text may hold what was masked here
	}
	e.Class = e.Record("", time.Time{}).Class
	return &e
}

// nextStep is what a person is to do about a fault.
func nextStep(source Source, account, where string, fault *api.Fault) string {
	if fault.Next != "" {
		return fault.Next
	}
	switch fault.Kind {
	case api.Login:
		if source.Site != nil {
			return fmt.Sprintf("bedrot session login %[1]s --account %[2]s, on a machine with a screen; or bedrot session import FILE --source %[1]s --account %[2]s", source.Name, account)
		}
		return "make a new token or key and put it into .env; bedrot sources " + source.Name + " says which setting; then bedrot extract --only " + source.Name + ":" + account
	case api.Forbidden:
		return "give the token the permission in the service's settings, then bedrot extract --only " + where
	case api.Throttled, api.Transient:
		return "nothing: the next run asks for what is missing; or bedrot extract --only " + where
	case api.Unexpected:
		return "the service changed; bedrot extract --record DIR --only " + where + " keeps what it answers, for whoever mends it"
	}
	return "bedrot extract --verbose --only " + where
}
