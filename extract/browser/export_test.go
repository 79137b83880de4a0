package browser

// CloseWindow is what a person does.
func (v *Visit) CloseWindow() error { return v.page.Close() }

// Guarded is how the driver is asked.
var Guarded = guarded
