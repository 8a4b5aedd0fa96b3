"""Shows authors every edit at once: pages reload themselves, or show what is wrong. Only while DEBUG is on."""
