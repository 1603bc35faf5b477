namespace Vitrine.Cli.CommandLine;

/// <summary>A token in JSON: its text, or <c>#5</c> where the model has no tokenizer, beside its
/// number.</summary>
internal sealed record NamedToken(string Token, int Id)
{
    public static NamedToken Of(SubjectModel model, int id) =>
        new(model.Text(id), id);

    public static IReadOnlyList<NamedToken> Of(SubjectModel model, IEnumerable<int> ids) =>
        [.. ids.Select(id => Of(model, id))];
}
