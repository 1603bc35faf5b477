using System.Globalization;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Induction;
using Vitrine.Interp.Studies;
using Vitrine.Models.Data;

namespace Vitrine.Interp.Tests.Induction;

/// <summary>A circuit built by hand, on which every claim holds; and the same with one part
/// changed, so that just one claim does not.</summary>
public sealed class PlantedInductionTests : IDisposable
{
    private static readonly Head Writer = new(0, 0);
    private static readonly Head Other = new(0, 1);
    private static readonly Head Reader = new(1, 1);
    private static readonly Head Second = new(1, 3);
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Corpus _corpus;

    public PlantedInductionTests() =>
        _corpus = PlantedInduction.Text(Path.Combine(_folder, "text.txt"));

    public void Dispose()
    {
        _corpus.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void EveryClaimHoldsOfThePlantedCircuit()
    {
        using PlantedInduction planted = Circuit();
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("", Broken(circuit));
        Assert.True(circuit.Found);
        Assert.Equal("1.1", circuit.Head);
        Assert.Equal(["1.1"], circuit.Heads);
        Assert.Equal("0.0", circuit.Previous.Head);
        Assert.Equal("0.0", circuit.Composition.From);
        Assert.Equal(1 / Math.Sqrt(PlantedInduction.Words), circuit.Composition.Value, 1e-5);
        Assert.Equal(1, circuit.Matching.Share);
        Assert.Equal(1, circuit.Copying.Score, 1e-5);
        Assert.All(circuit.PrefixMatching, one => Assert.InRange(one.Score, 0.98, 1));
        Assert.All(circuit.PrefixMatching, one => Assert.InRange(
            one.Types, 1, _corpus.CommonTokens(int.MaxValue).Length));
        AblationClaim ablation = circuit.Ablation;
        Assert.InRange(ablation.Removed, 0.9, 1);
        Assert.Equal(0, ablation.OthersRemoved!.Value, 1e-5);
        Assert.Equal(3, ablation.Controls);
        Assert.Equal("removes at least 60% of the second copy's gain, other heads less than 20%",
            ablation.Rule);
    }

    [Fact]
    public void APassageWhoseBeginningComesAgainIsCopied()
    {
        using PlantedInduction planted = Circuit();
        CopiedPrompt copied = CopiedPrompt.Find(planted.Model, _corpus)!;
        Assert.Equal(copied.Length, copied.Copied);
        Assert.Equal(copied.Passage, copied.Again + copied.Continuation);
        Assert.Equal(copied.Passage + copied.Again, copied.Prompt);
        Assert.NotEqual(copied.Continuation, copied.Alone);
        using var without = new PlantedInduction(_corpus);
        Assert.Null(CopiedPrompt.Find(without.Model, _corpus));
    }

    [Fact]
    public void AHeadThatSpreadsOverSeveralTokensBreaksThePreviousTokenClaim()
    {
        using var planted = new PlantedInduction(_corpus);
        planted.LooksBack(Writer, 20, 0.24, 0.19, 0.19, 0.19, 0.19)
            .Moves(Writer, PlantedInduction.Word, PlantedInduction.Before, 1)
            .Matches(Reader, 200)
            .Moves(Reader, PlantedInduction.Word, PlantedInduction.Copied, 15);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("previous", Broken(circuit));
        Assert.InRange(circuit.Previous.Score, 0.2, InductionOptions.LeastScore);
        Assert.False(circuit.Found);
    }

    [Fact]
    public void AStrongerCompositionWithAnotherHeadBreaksTheCompositionClaim()
    {
        // The other head writes to the same keys what nothing has written: no behaviour changes.
        using PlantedInduction planted = Circuit();
        planted.Moves(Writer, PlantedInduction.Word, PlantedInduction.Unread, 1)
            .Moves(Other, PlantedInduction.Copied, PlantedInduction.Before, 1);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("composition", Broken(circuit));
        Assert.Equal("0.1", circuit.Composition.From);
    }

    [Fact]
    public void MatchingThroughAThirdHeadBreaksTheMatchingClaim()
    {
        // The head that attends most to the token before names it wrongly; another, whose
        // composition is weaker, names it rightly.
        using var planted = new PlantedInduction(_corpus);
        planted.LooksBack(Writer, 20, 1).LooksBack(Other, 8, 1)
            .Moves(Writer, PlantedInduction.Word, PlantedInduction.Before, 0.05f, shift: 1)
            .Moves(Other, PlantedInduction.Word, PlantedInduction.Before, 1)
            .Moves(Other, PlantedInduction.Word, PlantedInduction.Unread, 1)
            .Matches(Reader, 30)
            .Moves(Reader, PlantedInduction.Word, PlantedInduction.Copied, 15);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("matching", Broken(circuit));
        Assert.Equal(0, circuit.Matching.Share);
        Assert.Equal("0.0", circuit.Previous.Head);
    }

    [Fact]
    public void CopyingByASecondHeadBreaksTheCopyingClaimOfTheFirst()
    {
        using PlantedInduction planted = Matching();
        planted.Moves(Reader, PlantedInduction.Word, PlantedInduction.Copied, 0.5f, shift: 1)
            .Matches(Second, 5)
            .Moves(Second, PlantedInduction.Word, PlantedInduction.Copied, 18);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("copying", Broken(circuit));
        Assert.Equal(["1.1", "1.3"], circuit.Heads);
        Assert.Equal("1.1", circuit.Head);
        Assert.Equal(0, circuit.Copying.Score, 1e-5);
        Assert.Equal(["1.0", "1.2"], circuit.Ablation.OtherHeads);
        Assert.Equal(1, circuit.Ablation.Controls);
    }

    [Fact]
    public void AnotherHeadThatMattersToTheSecondCopyBreaksTheAblationClaim()
    {
        // Too weak a match to be called an induction head, but it writes much.
        using PlantedInduction planted = Circuit();
        planted.Moves(Reader, PlantedInduction.Word, PlantedInduction.Copied, 7)
            .Matches(Second, Math.Log(4))
            .Moves(Second, PlantedInduction.Word, PlantedInduction.Copied, 16);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("ablation", Broken(circuit));
        AblationClaim ablation = circuit.Ablation;
        Assert.Equal(["1.1"], ablation.Heads);
        Assert.InRange(ablation.Removed, InductionOptions.LeastRemoved, 1);
        Assert.InRange(ablation.OthersRemoved!.Value, InductionOptions.MostRemovedByOthers, 1);
        Assert.Equal(["1.3"], ablation.OtherHeads);
    }

    [Fact]
    public void AHeadThatAnotherReplacesBreaksTheAblationClaim()
    {
        using PlantedInduction planted = Circuit();
        planted.Matches(Second, Math.Log(4))
            .Moves(Second, PlantedInduction.Word, PlantedInduction.Copied, 80);
        InductionCircuit circuit = Measured(planted);
        Assert.Equal("ablation", Broken(circuit));
        Assert.InRange(circuit.Ablation.Removed, -0.1, 0.2);
    }

    [Fact]
    public void SentencesAreTheSameInACultureThatWritesOtherwise()
    {
        using PlantedInduction planted = Circuit();
        string[] expected = Said();
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Commas.Culture;
        try
        {
            Assert.Equal("1.234,50", $"{1234.5:N2}");
            Assert.Equal(expected, Said());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        string[] Said()
        {
            InductionCircuit circuit = Measured(planted);
            return
            [
                .. InductionFindings.Of(circuit).Select(finding => finding.Text.ToString()),
                circuit.Previous.Rule, circuit.Composition.Rule, circuit.Matching.Rule,
                circuit.Copying.Rule, circuit.Ablation.Rule,
            ];
        }
    }

    private PlantedInduction Circuit() => Matching()
        .Moves(Reader, PlantedInduction.Word, PlantedInduction.Copied, 15);

    private PlantedInduction Matching() => new PlantedInduction(_corpus)
        .LooksBack(Writer, 20, 1)
        .Moves(Writer, PlantedInduction.Word, PlantedInduction.Before, 1)
        .Matches(Reader, 30);

    private InductionCircuit Measured(PlantedInduction planted) =>
        PlantedInduction.Measure(planted.Model, _corpus);

    private static string Broken(InductionCircuit circuit) => string.Join(' ', new[]
    {
        ("previous", circuit.Previous.Holds), ("composition", circuit.Composition.Holds),
        ("matching", circuit.Matching.Holds), ("copying", circuit.Copying.Holds),
        ("ablation", circuit.Ablation.Holds),
    }.Where(claim => !claim.Item2).Select(claim => claim.Item1));
}
