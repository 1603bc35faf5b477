using Vitrine.Interp;
using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Models.Positions;

// A head with one planted skip-trigram, read from its weights and tried: "5 … 11 → 17".
const int Tokens = 24;
var config = TransformerConfig.AttentionOnly(
    1, 1, Tokens, 4, Tokens, context: 12, PositionKind.None);
using var model = Transformer.Initial(config, seed: 1, choose: _ => 0.05f);
for (int token = 0; token < Tokens; token++)
{
    model.Embed.W_E.Value[token, token] = 1;
    model.Unembed.W_U.Value[token, token] = 1;
}

AttentionLayer attention = model.Blocks[0].Attn;
(attention.W_Q.Value[0, 11, 0], attention.W_K.Value[0, 5, 0]) = (4, 4);   // 11 attends to 5
(attention.W_V.Value[0, 5, 1], attention.W_O.Value[0, 1, 17]) = (2, 2);   // which raises 17

var analysis = CircuitAnalysis.Of(model, corpus: null);
HeadAnalysis head = analysis.Heads[0];
SkipTrigramRow best = head.SkipTrigrams.Rows[0];
Console.WriteLine($"#{best.Source} … #{best.Destination} → #{best.Out}: score {best.Score:F1}, "
    + $"effect {best.Effect:F1}");
Console.WriteLine($"copying score {head.Copying.Score:F2}, random {head.Copying.Baseline.Mean:F2} "
    + $"± {head.Copying.Baseline.Sd:F2}");

using var reading = new HeadReading(model);
using HeadCircuits circuits = reading.Circuits(new Head(0, 0));
Entry largest = LargestEntries.Of(circuits.OV, 1)[0];
Console.WriteLine($"largest of {circuits.OV.Rows}² entries of OV: #{largest.Row} raises "
    + $"#{largest.Column} by {largest.Value:F2}");

return (best.Source, best.Destination, best.Out, largest.Row, largest.Column) == (5, 11, 17, 5, 17)
    ? 0 : 1;
