"""Links to places: every heading, and every paragraph and point with an anchor; and notes that follow each other."""

from course.markdown.renderer import render


def body(text):
    return render(text).body


def test_a_heading_is_a_link_to_itself_and_its_words_stay_its_name():
    page = render("## Why `x` fails {: #why }\n\nText.\n\n### How\n\nText.\n")
    assert '<h2 id="why"><a class="anchor" href="#why">Why <code>x</code> fails</a></h2>' in page.body
    assert '<h3 id="how"><a class="anchor" href="#how">How</a></h3>' in page.body
    assert [section.title for section in page.sections] == ["Why x fails"]


def test_a_heading_with_a_link_in_it_gets_one_next_to_it():
    html = body("## See [the docs](https://docs.example.org/) {: #see }\n\nText.\n")
    assert '</a><a aria-label="Link to this section" class="anchor" href="#see" lang="en"></a></h2>' in html


def test_a_paragraph_and_a_point_with_an_anchor_have_a_link_at_their_end():
    html = body("Words.\n{: #words }\n\n- One\n  {: #one }\n- Two\n")
    assert 'Words.<a aria-label="Link to this paragraph" class="anchor" href="#words" lang="en"></a></p>' in html
    assert 'One<a aria-label="Link to this point" class="anchor" href="#one" lang="en"></a></li>' in html
    assert html.count('class="anchor"') == 2


def test_footnotes_have_their_own_links_only():
    assert 'class="anchor"' not in body("Text.[^a]\n\n///Footnotes Go Here///\n\n[^a]: Source.\n")


def test_only_notes_side_by_side_are_parted_by_a_comma():
    html = body("One.[^a][^b] Two.[^a]\n\n[^a]: A.\n[^b]: B.\n")
    assert html.count('class="another"') == 1
    assert '<sup class="another" id="fnref:b">' in html


def test_links_to_places_are_no_words():
    assert render("## Why\n\nOne two.\n{: #x }\n").length.words == 3
