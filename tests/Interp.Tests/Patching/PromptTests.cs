using Vitrine.Interp.Patching;
using Vitrine.Models.Tokenizers;

namespace Vitrine.Interp.Tests.Patching;

public class PromptTests
{
    private static readonly Tokenizer Gpt2 = Tokenizer.Gpt2();

    [Fact]
    public void Prompts_of_different_length_are_shown_token_by_token_with_the_first_difference()
    {
        var wrong = Assert.Throws<PromptMismatchException>(() => PromptPairs.Of(
            Gpt2, "When Mary and John went", "When Bartholomew and John went", " to", " from"));
        Assert.Equal(1, wrong.FirstDifference);
        Assert.Contains(
            $"got {wrong.Clean.Count} and {wrong.Corrupt.Count}", wrong.Message,
            StringComparison.Ordinal);
        string[] lines = wrong.Message.Split('\n');
        Assert.Equal(2 + wrong.Corrupt.Count, lines.Length);
        Assert.StartsWith("  >   1  ·Mary", lines[3], StringComparison.Ordinal);
        Assert.Contains("·Bart", lines[3], StringComparison.Ordinal);
        Assert.Contains("(none)", lines[^1], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.True(line.Length <= 80));
    }

    [Fact]
    public void Of_long_prompts_the_part_about_the_difference_is_shown()
    {
        int[] clean = [.. Enumerable.Range(0, 300)];
        int[] corrupt = [.. Enumerable.Range(0, 299).Select(i => i < 200 ? i : i + 5)];
        var wrong = Assert.Throws<PromptMismatchException>(
            () => new PromptPairs([clean], [corrupt], [1]));
        Assert.Equal(200, wrong.FirstDifference);
        Assert.Contains("\n  > 200  #200", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("… 196 earlier", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("later", wrong.Message, StringComparison.Ordinal);
        Assert.InRange(wrong.Message.Split('\n').Length, 10, 50);
    }

    [Fact]
    public void An_answer_of_several_tokens_is_refused_with_its_pieces_and_the_nearest_single_ones()
    {
        var wrong = Assert.Throws<ArgumentException>(
            () => PromptPairs.Of(Gpt2, "A", "B", " Congresss"));
        Assert.Contains("·Congress  s", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Nearest single tokens: ·Congress", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_must_correspond()
    {
        Refused("at least one pair", [], [], []);
        Refused("1 clean, 2 corrupt", [[1]], [[1], [2]], [1]);
        Refused("empty", [[]], [[1]], [1]);
        Refused("the same length", [[1], [1, 2]], [[2], [3, 4]], [1, 2]);
        Assert.Contains("0 versus", Assert.Throws<ArgumentException>(
            () => new PromptPairs([[1]], [[2]], [1], [])).Message, StringComparison.Ordinal);

        static void Refused(string part, int[][] clean, int[][] corrupt, int[] answers) =>
            Assert.Contains(
            part, Assert.Throws<ArgumentException>(
                () => new PromptPairs(clean, corrupt, answers)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_difference_is_that_of_any_pair()
    {
        Assert.Equal(
            1, new PromptPairs(
                [[1, 2, 3], [1, 2, 3]], [[1, 2, 4], [1, 9, 3]], [1, 1]).FirstDifference);
        Assert.Equal(2, new PromptPairs([[1, 2]], [[1, 2]], [1]).FirstDifference);
    }

    [Fact]
    public void A_template_fills_its_slots_row_by_row()
    {
        PromptPairs pairs = PromptFile.Parse(
            """
            { "template": { "clean": "When{A} and{B} met,{B} gave {{it}} to",
                            "corrupt": "When{A} and{B} met,{C} gave {{it}} to",
                            "answer": "{A}", "versus": "{B}" },
              "slots": { "A": [" Mary", " Anna"], "B": [" John", " Tom"],
                         "C": [" Paul", " Jack"] } }
            """,
            Gpt2);
        Assert.Equal(2, pairs.Count);
        Assert.Equal("When Anna and Tom met, Tom gave {it} to", Gpt2.Decode(pairs.Clean[1]));
        Assert.Equal("When Mary and John met, Paul gave {it} to", Gpt2.Decode(pairs.Corrupt[0]));
        Assert.Equal([Gpt2.Encode(" Mary")[0], Gpt2.Encode(" Anna")[0]], pairs.Answers);
        Assert.Equal([Gpt2.Encode(" John")[0], Gpt2.Encode(" Tom")[0]], pairs.Versus!);
    }

    [Fact]
    public void Pairs_may_be_texts_or_ids()
    {
        PromptPairs pairs = PromptFile.Parse(
            """{ "pairs": [ { "clean": [5, 9], "corrupt": [7, 9], "answer": 3 } ] }""",
            tokenizer: null);
        Assert.Equal([5, 9], pairs.Clean[0]);
        Assert.Equal([7, 9], pairs.Corrupt[0]);
        Assert.Equal([3], pairs.Answers);
        Assert.Null(pairs.Versus);
        PromptPairs texts = PromptFile.Parse(
            """
            { "pairs": [ { "clean": "The Union", "corrupt": "The nation", "answer": " is",
                           "versus": 5 } ] }
            """,
            Gpt2);
        Assert.Equal(Gpt2.Encode("The Union"), texts.Clean[0]);
        Assert.Equal([5], texts.Versus!);
    }

    [Theory]
    [InlineData("[", "JSON")]
    [InlineData("[1]", "\"pairs\"")]
    [InlineData(
        """{ "pairs": [ { "clean": [1], "corrupt": [2] } ] }""", "\"answer\" is missing")]
    [InlineData(
        """{ "pairs": [ { "clean": 1, "corrupt": [2], "answer": 3 } ] }""", "list of token ids")]
    [InlineData(
        """{ "pairs": [ { "clean": [1.5], "corrupt": [2], "answer": 3 } ] }""", "whole number")]
    [InlineData(
        """{ "pairs": [ { "clean": "x", "corrupt": [2], "answer": 3 } ] }""", "no tokenizer")]
    [InlineData(
        """
        { "pairs": [ { "clean": [1], "corrupt": [2], "answer": 3, "versus": 4 },
                     { "clean": [1], "corrupt": [2], "answer": 3 } ] }
        """,
        "every pair")]
    [InlineData("""{ "template": { "clean": "a" } }""", "\"slots\"")]
    [InlineData(
        """{ "template": { "clean": "a" }, "slots": { "A": ["x"], "B": ["x", "y"] } }""",
        "A: 1, B: 2")]
    public void A_file_that_is_none_says_what_it_lacks(string json, string part) => Assert.Contains(
        part, Assert.Throws<InvalidDataException>(
            () => PromptFile.Parse(json, tokenizer: null)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{X}", "no slot “X”")]
    [InlineData("{A", "brace")]
    [InlineData("A}", "brace")]
    public void A_template_with_a_wrong_slot_is_refused(string text, string part)
    {
        var slots = new Dictionary<string, string[]> { ["A"] = [" a"] };
        Assert.Contains(
            part, Assert.Throws<InvalidDataException>(
                () => PromptFile.Fill(text, slots, 0)).Message,
            StringComparison.Ordinal);
        Assert.Equal("x a{}", PromptFile.Fill("x{A}{{}}", slots, 0));
    }
}
