// The one file that a document beside this folder may name.
