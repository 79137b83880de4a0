package browser

// CloseWindow is what a person does.
func (v *Visit) CloseWindow() error { return v.page.Close() }
