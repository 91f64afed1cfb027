// The only file that the document beside this folder may name.
