package extract

// mailchimp is Mailchimp.
func mailchimp() Source {
	return Source{Name: "mailchimp", Title: "Mailchimp"}
}
