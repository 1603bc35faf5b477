using Vitrine.Interp.Circuits;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Studies;
using Vitrine.Models;

namespace Vitrine.Interp.Tests.Circuits;

public class CircuitFindingsTests
{
    [Fact]
    public void NotCopyingIsNoFailureAndWhatCopiesStandsFirst()
    {
        using Transformer model = Transformer.Initial(
            TransformerConfig.AttentionOnly(1, 4, 8, 8, 40, 16), seed: 1);
        CircuitAnalysis analysis = CircuitAnalysis.Of(model, corpus: null);
        Finding[] copying =
        [
            .. analysis.Findings.Where(finding =>
                finding.Section == analysis.Heads[0].Copying.Kind),
        ];
        Assert.Equal(
            analysis.Heads.OrderByDescending(head => head.Copying.Score).Select(head => head.Head),
            copying.Select(finding => finding.Text.ToString().Split(' ')[1]));
        Assert.Contains(copying, finding => !finding.Text.ToString().Contains(" copies:"));
        Assert.All(copying, finding => Assert.True(finding.Holds));
    }
}
