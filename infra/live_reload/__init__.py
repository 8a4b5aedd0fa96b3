"""What an author sees at once: pages that reload themselves, and faults in place of a page. Only while DEBUG is on."""
